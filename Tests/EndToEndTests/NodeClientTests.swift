import Foundation
import TestSupport
import Testing

/// Tests `fetch` of Node.js: a client without retries, whose decoder is neither Sparring's nor OpenAI's.
@Suite(
    "`fetch` of Node.js",
    .enabled(if: NodeClient.executable != nil, "needs node on the PATH"),
    .timeLimit(.minutes(20))
)
struct NodeClientTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var scenario: String
        var task: String
        var status: Int?
        var error: String?
        var isDone = false

        var testDescription: String { "\(scenario), \(task)" }
    }

    static let rows = [
        Row(scenario: "hello", task: "chat", status: 200),
        Row(scenario: "hello", task: "stream", status: 200, isDone: true),
        Row(scenario: "two-rate-limits", task: "chat", status: 429, error: "requests"),
        Row(scenario: "no-done", task: "stream", status: 200),
        Row(scenario: "reset-mid-stream", task: "stream", status: 200, error: "TypeError"),
        Row(scenario: "fin-inside-event", task: "stream", status: 200, error: "TypeError"),
        Row(scenario: "malformed-json", task: "stream", status: 200, error: "SyntaxError"),
    ]

    @Test("`fetch` of Node.js gets the status, text and failure that the scenario orders", arguments: rows)
    func row(_ row: Row) async throws {
        let seen = try await NodeClient.run(row.task, scenario: row.scenario)
        #expect(seen.status == row.status)
        #expect(seen.error?.class == row.error)
        #expect(seen.done == row.isDone)
        if row.status == 200 { #expect(!seen.text.isEmpty) }
    }
}

/// Runs the tests of `packaging/node` with Node's test runner and `fetch` as the HTTP client.
@Suite(
    "The Node package", .enabled(if: NodeClient.executable != nil, "needs node on the PATH"),
    .timeLimit(.minutes(20)))
struct NodePackageTests {
    @Test("The Node package passes its own tests")
    func suite() async throws {
        let tests = SparringBinary.root.appending(path: "packaging/node/test/sparring.test.js").path
        let outcome = try await Slots.clients.use {
            try await ChildProcess(
                URL(filePath: NodeClient.executable ?? "node"), ["--test", tests],
                environment: ["SPARRING_BINARY": SparringBinary.url.path]
            ).outcome()
        }
        #expect(outcome.exitCode == 0, "\(outcome.standardOutput)\(outcome.standardError)")
    }
}

enum NodeClient {
    static let executable = ProcessInfo.processInfo.environment["PATH", default: ""].split(separator: ":")
        .map { "\($0)/node" }.first { FileManager.default.isExecutableFile(atPath: $0) }

    struct Outcome: Decodable, Sendable {
        struct Failure: Decodable, Sendable {
            var `class`: String
            var message: String
        }

        var text: String
        var events: Int
        var done: Bool
        var status: Int?
        var error: Failure?
    }

    static func run(_ task: String, scenario: String) async throws -> Outcome {
        let script = SparringBinary.root.appending(path: "fixtures/drivers/clients/node/fetch_task.mjs").path
        let (process, _) = try await Slots.clients.use {
            try await SparringBinary.run(scenario: scenario, command: [executable ?? "node", script, task])
        }
        return try JSONDecoder().decode(Outcome.self, from: Data(process.standardOutput.utf8))
    }
}
