import Foundation
import TestSupport
import Testing

/// Tests batches of the built program, with and without the official client.
@Suite("Batches of the built program", .timeLimit(.minutes(20)))
struct BatchTests {
    @Test(
        "The official client gets the batch outcomes that the scenario orders",
        .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"))
    func outcomes() async throws {
        let command = [PythonClient.interpreter, PythonClient.script("batch_outcomes.py")]
        let (process, _) = try await Slots.clients.use {
            try await SparringBinary.run(scenario: "batches", command: command, options: [])
        }
        let failures = try JSONDecoder().decode([String: String].self, from: Data(process.standardOutput.utf8))
        #expect(failures == [:])
    }

    /// `scripts/batch_kill.py` without arguments kills fifty times.
    @Test(
        "A batch that SIGKILL interrupts ends with one result for every line",
        .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"))
    func kills() async throws {
        let script = SparringBinary.root.appending(path: "scripts/batch_kill.py").path
        let arguments = ["--rounds", "5", "--lines", "1500", "--binary", SparringBinary.url.path]
        let outcome = try await Slots.clients.use {
            try await ChildProcess(URL(filePath: PythonClient.interpreter), [script] + arguments)
                .outcome()
        }
        #expect(outcome.exitCode == 0, "\(outcome.standardOutput)\(outcome.standardError)")
        #expect(outcome.standardOutput.contains("every line has one result"))
    }

    // MARK: Reset sessions

    private struct Object: Decodable {
        var id: String
        var status: String?
    }

    private static let lines = (0..<1000).map { number in
        "{\"custom_id\":\"r\(number)\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\"gpt-4o-mini\","
            + "\"messages\":[{\"role\":\"user\",\"content\":\"hello \(number)\"}]}}"
    }.joined(separator: "\n")

    private static func create(_ connection: KeptConnection, path: String) throws -> (file: String, batch: String) {
        let form =
            "--XX\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n"
            + "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"in.jsonl\"\r\n\r\n\(lines)\r\n--XX--"
        let file = try connection.ask("POST", "\(path)/files", form, type: "multipart/form-data; boundary=XX")
            .decoded(Object.self).id
        let batch = try connection.ask(
            "POST", "\(path)/batches",
            "{\"input_file_id\":\"\(file)\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\"}"
        ).decoded(Object.self).id
        return (file, batch)
    }

    /// The final status of a batch, or its status at the deadline.
    private static func ending(of path: String, _ connection: KeptConnection) throws -> String? {
        let deadline = ContinuousClock.now + ChildProcess.patience
        while true {
            let status = try connection.ask("GET", path).decoded(Object.self).status
            if status == "completed" || .now > deadline { return status }
        }
    }

    @Test(
        "A running batch ends when its session is reset or gets another scenario",
        arguments: [
            ("POST", "/_sparring/reset?session=over", ""),
            ("PUT", "/_sparring/scenario?session=over", #"{"schema":1,"scenario":"other","otherwise":"auto"}"#),
        ])
    func startedOver(method: String, admin: String, body: String) async throws {
        let server = try await ServerProcess()
        let port = server.port
        try await blocking {
            let connection = try KeptConnection(port: port)
            let path = "/s/over/v1"
            for wait in 0..<5 {
                let (file, batch) = try Self.create(connection, path: path)
                // The session's reset comes at any point of the batch's work, after this many requests.
                for _ in 0..<wait { _ = try connection.ask("GET", "\(path)/models/gpt-4o-mini") }
                #expect(try connection.ask(method, admin, body).status == 200)
                #expect(try connection.ask("GET", "\(path)/batches/\(batch)").status == 404)
                #expect(try connection.ask("GET", "\(path)/files/\(file)").status == 404)
                #expect(try connection.ask("POST", "\(path)/batches/\(batch)/cancel").status == 404)
            }
            // The session continues with a new batch, which the earlier batches do not affect.
            let (_, batch) = try Self.create(connection, path: path)
            #expect(try Self.ending(of: "\(path)/batches/\(batch)", connection) == "completed")
            let files = try connection.ask("GET", "\(path)/files")
            #expect(
                String(decoding: files.body, as: UTF8.self).components(separatedBy: "\"object\": \"file\"").count == 3)
        }
    }

    @Test("A running batch completes although another session gets another scenario")
    func otherRules() async throws {
        let server = try await ServerProcess()
        let port = server.port
        try await blocking {
            let connection = try KeptConnection(port: port)
            // A session of another name is not changed.
            let (_, batch) = try Self.create(connection, path: "/s/kept/v1")
            #expect(try connection.ask("PUT", "/_sparring/scenario?session=other&use=hello").status == 200)
            #expect(try Self.ending(of: "/s/kept/v1/batches/\(batch)", connection) == "completed")
        }
    }
}
