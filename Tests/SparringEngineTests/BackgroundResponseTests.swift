import SparringAPI
import SparringJSON
import SparringScenario
import Testing

@testable import SparringEngine

@Suite("Background responses")
struct BackgroundResponseTests {
    static let plan = BackgroundPlan(queued: .seconds(1), running: .seconds(4))
    let server: ObjectServer

    init() {
        var step = Step(.text(Template(literal: "One two three.")), times: .forever)
        step.background = Self.plan
        server = ObjectServer(Scenario(name: "s", rules: [Rule(steps: [step])]))
    }

    private func start(_ more: String = "") throws -> (path: String, answer: ObjectServer.Answer) {
        let answer = server.respond("\"input\":\"hi\",\"background\":true\(more)")
        let id = answer.events.first?["response"]?["id"]?.string ?? answer.json["id"]?.string
        return ("/responses/\(try #require(id))", answer)
    }

    @Test("A background response is queued, in progress and completed by the session's time")
    func statuses() throws {
        let (path, ticket) = try start()
        #expect(ticket.json["status"] == "queued")
        #expect(ticket.json["output"] == [])
        #expect(ticket.json["usage"] == .some(.null))
        var seen: [String] = []
        for _ in 0..<7 {
            seen.append(server.send("GET", path).json["status"]?.string ?? "")
            server.pass(.seconds(1))
        }
        #expect(seen == ["queued"] + Array(repeating: "in_progress", count: 4) + ["completed", "completed"])
        let done = server.send("GET", path).json
        #expect(done["output"]?[0]?["content"]?[0]?["text"] == "One two three.")
        #expect(done["completed_at"]?.int == done["created_at"]?.int.map { $0 + 5 })
    }

    @Test("A background response follows a clock that a test moves")
    func clock() throws {
        let (path, _) = try start()
        _ = server.engine.sessions.session(named: "default", now: server.now).adjust { [now = server.now] in
            $0.clock.advance(by: .seconds(60), at: now)
        }
        #expect(server.send("GET", path).json["status"] == "completed")
    }

    @Test("A background response can be cancelled while it runs, repeatedly, and not afterwards")
    func cancellation() throws {
        let (path, _) = try start()
        server.pass(.seconds(2))
        #expect(server.send("POST", path + "/cancel").json["status"] == "cancelled")
        #expect(server.send("POST", path + "/cancel").json["status"] == "cancelled")
        server.pass(.seconds(60))
        #expect(server.send("GET", path).json["status"] == "cancelled")
        let (late, _) = try start()
        server.pass(.seconds(60))
        #expect(server.send("POST", late + "/cancel").status == 400)
        let id = try #require(server.respond(#""input":"hi""#).json["id"]?.string)
        let refusal = server.send("POST", "/responses/\(id)/cancel").json["error"]
        #expect(refusal?["message"] == "Cannot cancel a synchronous response.")
    }

    @Test("The stream of a background response starts with response.queued and takes the planned time")
    func stream() throws {
        let (_, answer) = try start(",\"stream\":true")
        let types = answer.events.compactMap { $0["type"]?.string }
        #expect(
            types.prefix(4) == [
                "response.created", "response.queued", "response.in_progress", "response.output_item.added",
            ])
        #expect(types.last == "response.completed")
        #expect(answer.events.map { $0["sequence_number"]?.int } == answer.events.indices.map { $0 })
        #expect(abs((answer.pause - .seconds(5)) / .seconds(1)) < 0.1)
    }

    @Test("A resumed stream sends past events at once and later events at their time")
    func resumption() throws {
        let (path, first) = try start(",\"stream\":true")
        server.pass(.seconds(3))
        let rest = server.send("GET", path + "?stream=true&starting_after=2")
        #expect(rest.events == Array(first.events.dropFirst(3)))
        #expect(abs((rest.pause - .seconds(2)) / .seconds(1)) < 0.1)
        server.pass(.seconds(3))
        #expect(server.send("GET", path + "?stream=true").pause == .zero)
        #expect(server.send("GET", path + "?stream=true&starting_after=999").events.isEmpty)
        let plain = server.send("GET", path + "?stream=true&include_obfuscation=false")
        #expect(plain.events.allSatisfy { $0["obfuscation"] == nil })
    }

    @Test("The stream of a cancelled background response ends at the cancellation")
    func cancelledStream() throws {
        let (path, first) = try start(",\"stream\":true")
        server.pass(.seconds(2))
        server.send("POST", path + "/cancel")
        let rest = server.send("GET", path + "?stream=true")
        #expect(rest.events.count > 3)
        #expect(rest.events == Array(first.events.prefix(rest.events.count)))
        #expect(rest.events.last?["type"] != "response.completed")
    }

    @Test(
        "A background response that was created without stream, or is too old, cannot be streamed",
        arguments: [
            ("", "?stream=true", Duration.zero, "with stream=true"),
            (",\"stream\":true", "?stream=true", .seconds(301), "more than 5 minutes old"),
            (",\"stream\":true", "?stream=1", .zero, "expected a boolean"),
            (",\"stream\":true", "?stream=true&starting_after=x", .zero, "expected an integer"),
        ])
    func refused(more: String, query: String, wait: Duration, words: String) throws {
        let (path, _) = try start(more)
        server.pass(wait)
        let answer = server.send("GET", path + query)
        #expect(answer.status == 400)
        #expect(answer.json["error"]?["message"]?.string?.contains(words) ?? false)
    }

    @Test("A background response with store: false gets 400")
    func notStored() {
        let answer = server.respond(#""input":"hi","background":true,"store":false"#)
        #expect(answer.status == 400)
        #expect(answer.json["error"]?["param"] == "background")
    }

    @Test("A background response locks its conversation until it ends")
    func conversation() throws {
        let id = try #require(server.send("POST", "/conversations").json["id"]?.string)
        _ = try start(",\"conversation\":\"\(id)\"")
        let busy = server.respond("\"input\":\"me too\",\"conversation\":\"\(id)\"")
        #expect(busy.status == 400)
        #expect(busy.json["error"]?["code"] == "conversation_locked")
        let items = "/conversations/\(id)/items"
        #expect(server.send("GET", items).json["data"] == [])
        server.pass(.seconds(6))
        #expect(server.send("GET", items).json["data"]?.array?.count == 2)
        #expect(server.respond("\"input\":\"me too\",\"conversation\":\"\(id)\"").status == 200)
    }
}
