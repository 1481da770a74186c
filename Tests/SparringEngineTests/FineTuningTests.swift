import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Fine-tuning jobs")
struct FineTuningTests {
    private static let line = #"{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"ho"}]}"#

    private static func lines(_ count: Int) -> String { String(repeating: line + "\n", count: count) }

    /// A server with a training file, and the file's id.
    private static func server(
        _ content: String = lines(12), purpose: String = "fine-tune", scenario: Scenario = .auto
    ) -> (server: ObjectServer, file: String) {
        let server = ObjectServer(scenario)
        let form = """
            --x\r\ncontent-disposition: form-data; name="purpose"\r\n\r\n\(purpose)\r\n--x\r\n\
            content-disposition: form-data; name="file"; filename="a.jsonl"\r\n\r\n\(content)\r\n--x--\r\n
            """
        let answer = server.send(
            "POST", "/files", form, headers: ["content-type": "multipart/form-data; boundary=x"])
        return (server, answer.json["id"]?.string ?? "")
    }

    @discardableResult
    private static func create(_ server: ObjectServer, _ file: String, _ more: String = "") -> ObjectServer.Answer {
        server.send(
            "POST", "/fine_tuning/jobs", #"{"model":"gpt-4o-mini","training_file":"\#(file)"\#(more)}"#)
    }

    @Test("A fine-tuning job passes through every status, and makes a model that answers and a result file")
    func succeeds() {
        let (server, file) = Self.server()
        let job = Self.create(server, file, #","suffix":"mine""#).json
        let path = "/fine_tuning/jobs/\(job["id"]?.string ?? "")"
        #expect(job["status"] == "validating_files")
        #expect(job["model"] == "gpt-4o-mini-2024-07-18")
        #expect(job["hyperparameters"]?["n_epochs"] == "auto")
        var seen: [String] = []
        for _ in 0..<40 {
            let status = server.send("GET", path).json["status"]?.string ?? ""
            if seen.last != status { seen.append(status) }
            server.advance(.seconds(10))
        }
        #expect(seen == ["validating_files", "queued", "running", "succeeded"])
        let done = server.send("GET", path).json
        let model = done["fine_tuned_model"]?.string ?? ""
        #expect(model.hasPrefix("ft:gpt-4o-mini-2024-07-18:sparring-org:mine:"))
        #expect((done["trained_tokens"]?.int ?? 0) > 0)
        #expect(done["hyperparameters"]?["n_epochs"] == 8)
        let chat = server.send(
            "POST", "/chat/completions", #"{"model":"\#(model)","messages":[{"role":"user","content":"hi"}]}"#)
        #expect(chat.json["model"]?.string == model)
        let results = server.send("GET", "/files/\(done["result_files"]?[0]?.string ?? "")/content")
        #expect(results.text.hasPrefix("step,train_loss,"))
    }

    @Test(
        "A fine-tuning job with an invalid file fails with the reason",
        arguments: [
            (lines(3), "invalid_n_examples", "3 example(s)"),
            (lines(9) + "nonsense\n", "invalid_training_file", "Line 10 is not a dictionary"),
            (lines(9) + "{\"messages\":[]}\n", "invalid_training_file", "Line 10: \"messages\" is not a list"),
            (lines(9) + #"{"messages":[{"role":"user","content":"a"}]}"#, "invalid_training_file", "no assistant"),
            (lines(9) + #"{"messages":[{"role":"me","content":"a"}]}"#, "invalid_training_file", "\"me\""),
        ])
    func fails(content: String, code: String, words: String) {
        let (server, file) = Self.server(content)
        let path = "/fine_tuning/jobs/\(Self.create(server, file).json["id"]?.string ?? "")"
        server.advance(.seconds(11))
        let job = server.send("GET", path).json
        #expect(job["status"] == "failed")
        #expect(job["error"]?["code"]?.string == code)
        #expect(job["error"]?["message"]?.string?.contains(words) == true, "\(job["error"]?.text() ?? "")")
        #expect(server.send("GET", path + "/events").json["data"]?[0]?["level"] == "error")
    }

    @Test("A scenario can make a fine-tuning job fail")
    func scripted() throws {
        let text = """
            schema: 1
            scenario: a
            rules:
              - when: { endpoint: fine_tuning.jobs.create }
                auto: {}
                ends: { failed: { code: server_error, message: It broke. } }
            otherwise: auto
            """
        let scenario = try ScenarioLoader.load(text: text, file: "a", errors: .api).get()
        let (server, file) = Self.server(scenario: scenario)
        let path = "/fine_tuning/jobs/\(Self.create(server, file).json["id"]?.string ?? "")"
        server.advance(.seconds(3600))
        #expect(server.send("GET", path).json["error"]?["message"] == "It broke.")
    }

    @Test("A fine-tuning job stops while paused, and ends when cancelled")
    func stops() {
        let (server, file) = Self.server()
        let path = "/fine_tuning/jobs/\(Self.create(server, file).json["id"]?.string ?? "")"
        #expect(server.send("POST", path + "/pause").status == 400)
        server.advance(.seconds(40))
        #expect(server.send("POST", path + "/pause").json["status"] == "paused")
        server.advance(.seconds(86_400))
        #expect(server.send("GET", path).json["status"] == "paused")
        #expect(server.send("POST", path + "/resume").json["status"] == "running")
        #expect(server.send("POST", path + "/resume").status == 400)
        server.advance(.seconds(100))
        #expect(server.send("GET", path).json["status"] == "running")
        #expect(server.send("POST", path + "/cancel").json["status"] == "cancelled")
        #expect(server.send("POST", path + "/cancel").status == 400)
        server.advance(.seconds(86_400))
        #expect(server.send("GET", path).json["fine_tuned_model"] == .null)
        let last = server.send("GET", path + "/events").json["data"]?[0]
        #expect(last?["message"] == "Fine-tuning job cancelled")
    }

    @Test("Events and checkpoints of a fine-tuning job are listed newest first, in pages")
    func history() {
        let (server, file) = Self.server()
        let path =
            "/fine_tuning/jobs/\(Self.create(server, file, #","hyperparameters":{"n_epochs":4}"#).json["id"]?.string ?? "")"
        #expect(server.send("GET", path + "/checkpoints").json["data"] == [])
        server.advance(.seconds(3600))
        let events = server.send("GET", path + "/events?limit=2").json
        #expect(events["data"]?[0]?["message"] == "The job has successfully completed")
        #expect(events["has_more"] == true)
        let next = server.send("GET", path + "/events?limit=100&after=\(events["data"]?[1]?["id"]?.string ?? "")").json
        #expect(next["data"]?.array?.last?["message"]?.string?.hasPrefix("Created fine-tuning job") == true)
        #expect(next["data"]?.array?.contains { $0["type"] == "metrics" } == true)
        let checkpoints = server.send("GET", path + "/checkpoints").json
        #expect(checkpoints["data"]?.array?.compactMap { $0["step_number"]?.int } == [48, 36, 24])
    }

    @Test("Fine-tuning jobs are filtered by metadata, and an unknown job gets 404")
    func lists() {
        let (server, file) = Self.server()
        Self.create(server, file, #","metadata":{"run":"1"}"#)
        Self.create(server, file)
        #expect(server.send("GET", "/fine_tuning/jobs").json["data"]?.array?.count == 2)
        #expect(server.send("GET", "/fine_tuning/jobs?metadata%5Brun%5D=1").json["data"]?.array?.count == 1)
        let answer = server.send("GET", "/fine_tuning/jobs/ftjob-none")
        #expect(answer.status == 404)
        #expect(answer.json["error"]?["code"] == "fine_tune_not_found")
    }

    @Test(
        "An invalid fine-tuning job is rejected with its code",
        arguments: [
            (#"{"model":"gpt-4o-mini"}"#, "missing_required_parameter"),
            (#"{"model":"gpt-6-sol","training_file":"FILE"}"#, "model_not_available"),
            (#"{"model":"gpt-4o-mini","training_file":"file-none"}"#, "invalid_training_file"),
            (
                #"{"model":"gpt-4o-mini","training_file":"FILE","validation_file":"file-none"}"#,
                "invalid_validation_file"
            ),
            (#"{"model":"gpt-4o-mini","training_file":"FILE","seeds":1}"#, "unknown_parameter"),
            (
                #"{"model":"gpt-4o-mini","training_file":"FILE","hyperparameters":{"n_epochs":51}}"#,
                "integer_above_max_value"
            ),
            (#"{"model":"gpt-4o-mini","training_file":"FILE","method":{"type":"magic"}}"#, "invalid_value"),
        ])
    func refusals(body: String, code: String) {
        let (server, file) = Self.server()
        let answer = server.send("POST", "/fine_tuning/jobs", body.replacing("FILE", with: file))
        #expect(answer.status == 400)
        #expect(answer.json["error"]?["code"]?.string == code, "\(answer.text)")
        let (other, batch) = Self.server(purpose: "batch")
        #expect(Self.create(other, batch).json["error"]?["message"]?.string?.contains("purpose 'batch'") == true)
    }
}

extension ObjectServer {
    /// Advances the session's clock, because the stages take several days.
    func advance(_ duration: Duration) {
        _ = engine.sessions.existing("default")?.adjust { [now] in $0.clock.advance(by: duration, at: now) }
    }
}
