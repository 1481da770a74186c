import Foundation
import TestSupport
import Testing

/// Tests breakpoints of the built program: the official package waits for an answer, while the admin API decides how
/// the wait ends.
@Suite("Breakpoints of the program", .timeLimit(.minutes(20)))
struct BreakpointTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var script: [String]
        var options: [String] = []
        var order: String
        var end: String
        /// The client's output, or its error.
        var says: String
        var succeeds = true
        var testDescription: String { "\(script.joined(separator: " ")) \(order) \(end)" }
    }

    @Test(
        "The official package waits for a held answer, and gets it or an error when its hold ends",
        .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"),
        arguments: [
            Row(script: ["openai_ask.py", "--max-retries=0"], order: "", end: "", says: "held and let go"),
            Row(
                script: ["openai_ask.py", "--max-retries=0"], order: #"{"at":"head","filter":"model:gpt-4o-mini"}"#,
                end: #"{"number":1,"end":"reset"}"#, says: "APIConnectionError", succeeds: false),
            Row(
                script: ["http2_task.py", "stream"], options: ["--http2"], order: #"{"at":"event 2","limit":"10m"}"#,
                end: #"{"number":1}"#, says: #""version": "HTTP/2", "events": 6"#),
        ])
    func held(row: Row) async throws {
        let scratch = try ScratchDirectory()
        let scenario = try scratch.write(
            "schema: 1\nscenario: held\nsteps: [ { text: held and let go } ]\n", to: "held.yaml")
        let server = try await ServerProcess([scenario], options: row.options)
        let set = try await Self.admin(server, "POST", "hold", row.order)
        #expect(set.contains(#""breakpoint":1"#), "\(set)")
        let client = try ChildProcess(
            URL(filePath: PythonClient.interpreter), [PythonClient.script(row.script[0])] + row.script.dropFirst(),
            environment: [
                "OPENAI_BASE_URL": server.baseURL, "OPENAI_API_KEY": "sk-sparring", "SPARRING_PROMPT": "Hello",
            ])
        var lists = ""
        repeat {
            lists = try await Self.admin(server, "GET", "breakpoints")
        } while lists.contains(#""held":[]"#)
            && client.isRunning
        #expect(lists.contains(#""breakpoints":[]"#) && lists.contains(#""number":1,"#), "\(lists)")
        #expect(client.isRunning && client.standardOutput.isEmpty)
        let released = try await Self.admin(server, "POST", "release", row.end)
        #expect(released.contains(#""released":[1]"#), "\(released)")
        let outcome = try await client.outcome()
        #expect((outcome.exitCode == 0) == row.succeeds)
        let says = outcome.standardOutput + outcome.standardError
        #expect(says.contains(row.says), "\(says)")
        var journal = ""
        repeat { journal = try await Self.admin(server, "GET", "journal") } while !journal.contains(#""what":"ended""#)
        #expect(journal.contains(#""what":"held","at":"#) && journal.contains(#""held_ms":"#), "\(journal)")
    }

    /// The body of an answer of the admin API.
    private static func admin(
        _ server: ServerProcess, _ method: String, _ name: String, _ body: String = ""
    ) async throws -> String {
        let port = server.port
        return try await blocking {
            let socket = try RawSocket(port: port)
            let fields = ["Host: 127.0.0.1", "Content-Length: \(body.utf8.count)", "Connection: close"]
            let head = (["\(method) /_sparring/\(name) HTTP/1.1"] + fields).joined(separator: "\r\n")
            try socket.send(head + "\r\n\r\n" + body)
            return try #require(RawAnswer(socket.receive().bytes)).body
        }
    }
}
