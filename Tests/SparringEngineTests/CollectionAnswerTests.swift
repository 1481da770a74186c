import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Collections of the document")
struct CollectionAnswerTests {
    private static func make(_ path: String, _ body: String, on server: ObjectServer) -> String {
        server.send("POST", path, body).json["id"]?.string ?? "none"
    }

    private static let run =
        #"{"data_source":{"type":"jsonl","source":{"type":"file_id","id":"file-1"}},"name":"first"}"#
    private static let eval = #"{"data_source_config":{"type":"logs"},"testing_criteria":[],"name":"e"}"#

    @Test("A created object is retrieved, listed, updated and deleted")
    func life() {
        let server = ObjectServer()
        let created = server.send("POST", "/containers", #"{"name":"sandbox"}"#)
        #expect(created.status == 200)
        #expect(created.json["name"] == "sandbox")
        let id = created.json["id"]?.string ?? ""
        #expect(id.hasPrefix("cntr_"))
        #expect(server.send("GET", "/containers/\(id)").json == created.json)
        #expect(server.send("GET", "/containers").json["data"] == [created.json])
        #expect(server.send("DELETE", "/containers/\(id)").status == 200)
        let gone = server.send("GET", "/containers/\(id)")
        #expect((gone.status, gone.json["error"]?["message"]?.string) == (404, "Container with id '\(id)' not found."))
        #expect(server.send("GET", "/containers").json["data"] == [])
    }

    @Test("An update replaces the members that the request contains")
    func update() {
        let server = ObjectServer()
        let id = Self.make("/vaults", #"{"name":"one"}"#, on: server)
        #expect(server.send("POST", "/vaults/\(id)", #"{"name":"two"}"#).json["name"] == "two")
        #expect(server.send("GET", "/vaults/\(id)").json["name"] == "two")
    }

    @Test("A member that the request repeats is completed as the schema of the answer requires")
    func completion() {
        let config = ObjectServer().send("POST", "/evals", Self.eval).json["data_source_config"]
        #expect(config?["type"] == "logs")
        #expect(config?["schema"] != nil)
    }

    @Test("A list has pages, newest first, and rejects a limit below 1")
    func pages() {
        let server = ObjectServer()
        let ids = (1...5).map { Self.make("/containers", "{\"name\":\"c\($0)\"}", on: server) }
        let first = server.send("GET", "/containers?limit=2").json
        #expect(first["data"]?.array?.compactMap { $0["id"]?.string } == [ids[4], ids[3]])
        #expect(first["has_more"] == true)
        let rest = server.send("GET", "/containers?limit=9&order=asc&after=\(ids[2])").json
        #expect(rest["data"]?.array?.compactMap { $0["id"]?.string } == [ids[3], ids[4]])
        #expect(server.send("GET", "/containers?name=c2").json["data"]?.array?.count == 1)
        let none = server.send("GET", "/containers?limit=0")
        #expect((none.status, none.json["error"]?["param"]) == (400, "limit"))
    }

    @Test("An object at work ends by the session's clock, by polls or never, as the scenario orders")
    func progress() {
        func statuses(_ plan: ProgressPlan?, pass: Duration) -> [String?] {
            let rules = plan.map { plan in
                [
                    Rule(
                        condition: .field(.endpoint, .equals("evals.runs.create")), steps: [Step(.progress(plan))],
                        then: .last)
                ]
            }
            let server = ObjectServer(Scenario(name: "s", rules: rules ?? [], otherwise: .auto))
            let eval = Self.make("/evals", Self.eval, on: server)
            let run = Self.make("/evals/\(eval)/runs", Self.run, on: server)
            server.advance(pass)
            return (0..<3).map { _ in server.send("GET", "/evals/\(eval)/runs/\(run)").json["status"]?.string }
        }
        #expect(statuses(nil, pass: .zero) == ["queued", "queued", "queued"])
        #expect(statuses(nil, pass: .seconds(1)) == ["completed", "completed", "completed"])
        #expect(statuses(ProgressPlan(.polls(1)), pass: .zero) == ["queued", "completed", "completed"])
        #expect(statuses(ProgressPlan(.stuck), pass: .seconds(1 << 20)) == ["queued", "queued", "queued"])
    }

    @Test("A cancelled object keeps its status, and a second cancellation is rejected")
    func cancel() {
        let server = ObjectServer()
        let eval = Self.make("/evals", Self.eval, on: server)
        let run = Self.make("/evals/\(eval)/runs", Self.run, on: server)
        #expect(server.send("POST", "/evals/\(eval)/runs/\(run)/cancel").json["status"] == "cancelled")
        server.advance(.seconds(5))
        #expect(server.send("GET", "/evals/\(eval)/runs/\(run)").json["status"] == "cancelled")
        #expect(server.send("POST", "/evals/\(eval)/runs/\(run)/cancel").status == 400)
    }

    @Test("Objects below an unknown one, and objects of another session, get a 404")
    func apart() {
        let server = ObjectServer()
        let below = server.send("POST", "/evals/eval_none/runs", Self.run)
        #expect((below.status, below.json["error"]?["message"]) == (404, "Eval with id 'eval_none' not found."))
        let id = Self.make("/containers", #"{"name":"c"}"#, on: server)
        let other: HeaderFields = ["x-sparring-session": "other"]
        #expect(server.send("GET", "/containers/\(id)", headers: other).status == 404)
        #expect(server.send("GET", "/containers", headers: other).json["data"] == [])
        #expect(server.send("GET", "/containers/\(id)", headers: ["x-sparring-validation": "examples"]).status == 200)
        let example = server.send("GET", "/containers/cntr_none", headers: ["x-sparring-validation": "examples"])
        #expect(example.status == 200)
    }

    @Test("A file of a container is downloaded unchanged")
    func content() {
        let server = ObjectServer()
        let container = Self.make("/containers", #"{"name":"c"}"#, on: server)
        let form = "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n1,2\r\n--XX--"
        let file = server.send(
            "POST", "/containers/\(container)/files", form,
            headers: ["content-type": "multipart/form-data; boundary=XX"]
        ).json
        #expect(file["bytes"] == 3)
        let path = "/containers/\(container)/files/\(file["id"]?.string ?? "")"
        #expect(server.send("GET", "\(path)/content").text == "1,2")
        #expect(server.send("DELETE", path).status == 200)
        #expect(server.send("GET", "\(path)/content").status == 404)
    }

    @Test("A client secret has a lifetime and the settings of its session")
    func clientSecret() {
        let server = ObjectServer()
        let session = #"{"type":"realtime","model":"gpt-realtime"}"#
        let body = "{\"expires_after\":{\"anchor\":\"created_at\",\"seconds\":60},\"session\":\(session)}"
        let secret = server.send("POST", "/realtime/client_secrets", body).json
        #expect(secret["value"]?.string?.hasPrefix("ek_") == true)
        #expect(secret["expires_at"] == 1_795_232_665)
        #expect(secret["session"]?["model"] == "gpt-realtime")
        let wrong = server.send(
            "POST", "/realtime/client_secrets", #"{"expires_after":{"anchor":"created_at","seconds":1}}"#)
        #expect(wrong.json["error"]?["param"] == "expires_after.seconds")
    }

    @Test("A call of WebRTC is created with an answer in SDP, and its location names the call")
    func realtimeCall() {
        let answer = ObjectServer().send(
            "POST", "/realtime/calls", "v=0\r\n", headers: ["content-type": "application/sdp"])
        #expect(answer.status == 201)
        #expect(answer.text.hasPrefix("v=0\r\n"))
        #expect(String(decoding: answer.script.bytes, as: UTF8.self).contains("location: /v1/realtime/calls/rtc_"))
    }

    @Test("Usage and costs of the organization are those of the session's calls")
    func usage() {
        let server = ObjectServer()
        for _ in 0..<2 {
            server.send(
                "POST", "/chat/completions", #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}"#)
        }
        let start = 1_795_232_605 - 60
        let usage = server.send(
            "GET", "/organization/usage/completions?start_time=\(start)&bucket_width=1h&group_by=model"
        ).json
        let result = usage["data"]?.array?.flatMap { $0["results"]?.array ?? [] }.first
        #expect(result?["num_model_requests"] == 2)
        #expect(result?["model"] == "gpt-4o-mini")
        #expect(result?["input_tokens"]?.int ?? 0 > 0)
        let costs = server.send("GET", "/organization/costs?start_time=\(start)").json
        let amount = costs["data"]?.array?.flatMap { $0["results"]?.array ?? [] }.first?["amount"]
        #expect(amount?["value"]?.double ?? 0 > 0)
        #expect(server.send("GET", "/organization/usage/completions").json["error"]?["param"] == "start_time")
        #expect(
            server.send("GET", "/organization/usage/embeddings?start_time=\(start)").json["data"]?[0]?["results"] == [])
    }

    @Test("Usage of images counts the images of each request")
    func usageOfImages() {
        let server = ObjectServer()
        for count in 1...2 { server.send("POST", "/images/generations", "{\"prompt\":\"a boat\",\"n\":\(count)}") }
        let page = server.send("GET", "/organization/usage/images?start_time=\(1_795_232_605 - 60)").json
        let result = page["data"]?.array?.flatMap { $0["results"]?.array ?? [] }.first
        #expect((result?["images"], result?["num_model_requests"]) == (3, 2))
    }

    @Test("The events of an agent's session are one turn, which ends with a message and an idle session")
    func turn() throws {
        let server = ObjectServer()
        let session = Self.make(
            "/agents/sessions", #"{"environment":{"type":"none"},"agent_id":"agent_1"}"#, on: server)
        let answer = server.send("GET", "/agents/sessions/\(session)/events")
        #expect(answer.status == 200)
        let events = answer.events
        #expect(
            events.compactMap { $0["type"]?.string } == [
                "agent.session.turn.created", "agent.session.in_progress", "agent.session.turn.item.added",
                "agent.session.turn.output_text.delta", "agent.session.turn.output_text.done",
                "agent.session.turn.item.done", "agent.session.turn.completed", "agent.session.idle",
            ])
        try #require(events.count == 8)
        #expect(Set(events.compactMap { $0["turn_id"]?.string }).count == 1)
        #expect(Set(events.compactMap { $0["event_id"]?.string }).count == 8)
        #expect(events.last?["session"]?["id"]?.string == session)
        #expect(events[5]["item"]?["content"]?[0]?["text"] == events[4]["text"])
        #expect(server.send("GET", "/agents/sessions/agsess_none/events").status == 404)
    }

    @Test(
        "An invalid time or number of buckets in a usage request is rejected with the name of the parameter",
        arguments: [
            ("start_time=\(Int.max)", "start_time"), ("start_time=-1", "start_time"), ("start_time=x", "start_time"),
            ("start_time=1&end_time=\(Int.max)", "end_time"), ("start_time=1&limit=0", "limit"),
            ("start_time=1&limit=32", "limit"), ("start_time=1&bucket_width=1w", "bucket_width"),
        ])
    func refusedUsage(query: String, parameter: String) {
        let answer = ObjectServer().send("GET", "/organization/usage/completions?\(query)")
        #expect(answer.status == 400)
        #expect(answer.json["error"]?["param"] == .string(parameter), "\(answer.text)")
    }

    @Test("A page of usage with an unknown name begins at the start", arguments: ["page_\(Int.max)", "page_-1", "x"])
    func strangePage(page: String) {
        let answer = ObjectServer().send(
            "GET", "/organization/usage/completions?start_time=100&end_time=200&page=\(page)")
        #expect(answer.json["data"]?[0]?["start_time"] == 100, "\(answer.text)")
    }
}
