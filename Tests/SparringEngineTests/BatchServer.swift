import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

@testable import SparringEngine

/// A server with one batch. The test gives the plan and the lines.
final class BatchServer {
    let server: ObjectServer
    let path: String
    let created: ObjectServer.Answer
    /// The id of the input file.
    private let input: String

    /// - Parameters:
    ///   - rules: the rules that answer the lines.
    ///   - input: the content of the file; nil for `lines` valid lines.
    init(
        _ plan: BatchPlan = BatchPlan(), lines: Int = 3, input: String? = nil, rules: [Rule] = [],
        limits: Scenario.Limits? = nil, store: any ObjectStore = MemoryStore(), sinks: [any ExchangeSink] = []
    ) {
        let creation = Rule(
            condition: .field(.endpoint, .equals("batches.create")), steps: [Step(.batch(plan))], then: .last)
        server = ObjectServer(
            Scenario(name: "s", limits: limits, rules: [creation] + rules, otherwise: .auto), store: store,
            sinks: sinks)
        let text = input ?? (0..<lines).map(Self.line).joined(separator: "\n")
        let form =
            "--XX\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n"
            + "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"in.jsonl\"\r\n\r\n\(text)\r\n--XX--"
        let file = server.send("POST", "/files", form, headers: ["content-type": "multipart/form-data; boundary=XX"])
        self.input = file.json["id"]?.string ?? "none"
        created = Self.create(self.input, on: server)
        path = "/batches/\(created.json["id"]?.string ?? "none")"
    }

    /// Creates another batch with the same lines.
    func createAgain() -> JSONValue { Self.create(input, on: server).json }

    private static func create(_ input: String, on server: ObjectServer) -> ObjectServer.Answer {
        server.send(
            "POST", "/batches",
            "{\"input_file_id\":\"\(input)\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\"}")
    }

    static func line(_ number: Int) -> String {
        """
        {"custom_id":"r\(number)","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini",\
        "messages":[{"role":"user","content":"hello \(number)"}]}}
        """
    }

    func poll() -> JSONValue { server.send("GET", path).json }

    /// The statuses that this number of polls returns.
    func statuses(_ count: Int) -> [String] { (0..<count).map { _ in poll()["status"]?.string ?? "none" } }

    func advance(_ duration: Duration) {
        _ = server.engine.sessions.existing("default")?.adjust { [now = server.now] in
            $0.clock.advance(by: duration, at: now)
        }
    }

    func cancel() -> ObjectServer.Answer { server.send("POST", "\(path)/cancel") }

    /// The lines of a file that the batch names, by its id.
    func results(_ file: String) -> [JSONValue] {
        guard let id = poll()[file]?.string else { return [] }
        return server.send("GET", "/files/\(id)/content").text.split(separator: "\n")
            .compactMap { try? JSONValue.parse(String($0)) }
    }
}
