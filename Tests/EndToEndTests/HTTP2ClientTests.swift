import Foundation
import TestSupport
import Testing

/// Tests HTTP/2 with real clients: the official package over httpx, curl, Node.js.
@Suite("HTTP/2 with real clients", .timeLimit(.minutes(20)))
struct HTTP2ClientTests {
    private struct Seen: Decodable {
        var version: String?
        var events: Int?
        var error: String?
        var cause: String?
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var task: String
        var options: [String] = []
        var events: Int?
        var cause: String?
        var testDescription: String { "\(task) \(options.joined(separator: " "))" }
    }

    static let rows = [
        Row(task: "whole", events: 1),
        Row(task: "whole", options: ["--tls"], events: 1),
        Row(task: "stream", options: ["--tls"], events: 25),
        Row(task: "many", options: ["--tls"], events: 40 * 25),
        Row(task: "many", events: 40 * 25),
        Row(task: "stream", options: ["--fault", "h2_rst refused_stream"], events: 2, cause: "error_code:7"),
        Row(
            task: "stream", options: ["--tls", "--fault", "h2_rst enhance_your_calm"], events: 2, cause: "error_code:11"
        ),
        Row(task: "stream", options: ["--fault", "fin"], events: 2, cause: "Server disconnected"),
        Row(task: "stream", options: ["--tls", "--fault", "cut"], events: 2, cause: "Server disconnected"),
        Row(task: "stream", options: ["--fault", "h2_settings_flood 500"], events: 25),
        Row(task: "stream", options: ["--fault", "h2_ping_flood 500"], events: 25),
        Row(task: "stream", options: ["--fault", "stall 50ms"], events: 25),
    ]

    @Test(
        "The openai package gets whole answers, streams and faults over HTTP/2",
        .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"),
        arguments: rows)
    func python(row: Row) async throws {
        let (process, report) = try await Slots.clients.use {
            try await SparringBinary.run(
                scenario: nil, command: [PythonClient.interpreter, PythonClient.script("http2_task.py"), row.task],
                options: ["--http2"] + row.options)
        }
        let seen = try JSONDecoder().decode(Seen.self, from: Data(process.standardOutput.utf8))
        #expect(seen.events == row.events, "\(process.standardError)")
        if let cause = row.cause {
            #expect(seen.cause?.contains(cause) == true, "\(seen)")
        } else {
            #expect(seen.version == "HTTP/2" && seen.error == nil, "\(seen)")
        }
        #expect(report.faults.missed.isEmpty && report.faults.delivered == report.faults.ordered)
    }

    @Test(
        "The report contains the moment at which an HTTP/2 client cancels its stream",
        .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"))
    func cancellation() async throws {
        let (_, report) = try await Slots.clients.use {
            try await SparringBinary.run(
                scenario: nil, command: [PythonClient.interpreter, PythonClient.script("http2_task.py"), "cancel"],
                // The answer does not end, because a slow client could not cancel it otherwise.
                options: ["--http2", "--fault", "hang"])
        }
        #expect(report.exchanges.first?.moment(of: "peer_gone") != nil)
    }

    private struct NodeSeen: Decodable {
        struct Stream: Decodable {
            var status: Int
            var bytes: Int
            var code: Int
        }

        var streams: [Stream]
        var goaway: [Int]?
    }

    @Test(
        "Node.js gets answers, stream resets and GOAWAY frames over HTTP/2",
        .enabled(if: NodeClient.executable != nil, "needs node on the PATH"))
    func node() async throws {
        let script = SparringBinary.root.appending(path: "fixtures/drivers/clients/node/http2_task.mjs").path
        let paths = [
            "/v1/chat/completions", "/f/h2_rst+cancel/v1/chat/completions", "/f/h2_goaway+drain/v1/chat/completions",
        ]
        let (process, _) = try await Slots.clients.use {
            try await SparringBinary.run(
                scenario: nil, command: [NodeClient.executable ?? "node", script] + paths, options: ["--http2"])
        }
        let seen = try JSONDecoder().decode(NodeSeen.self, from: Data(process.standardOutput.utf8))
        #expect(seen.streams.map(\.status) == [200, 200, 200] && seen.streams.map(\.code) == [0, 8, 0])
        #expect(seen.streams[1].bytes < seen.streams[0].bytes && seen.streams[2].bytes > 5000)
        #expect(seen.goaway == [0, 5])
    }

    @Test(
        "curl negotiates the HTTP version by ALPN or by prior knowledge",
        .enabled(if: CurlClient.executable != nil, "needs curl on the PATH"),
        arguments: [
            (["--http2-prior-knowledge"], [], "2"), (["--http1.1"], [], "1.1"), (["--http2"], ["--tls"], "2"),
            (["--http1.1"], ["--tls"], "1.1"),
        ])
    func curl(flags: [String], options: [String], version: String) async throws {
        let line =
            "\(CurlClient.executable ?? "curl") -s -o /dev/null -w '%{http_version} %{http_code}' "
            + "\(flags.joined(separator: " ")) $OPENAI_BASE_URL/models -H 'authorization: Bearer sk-sparring'"
        let (process, _) = try await Slots.clients.use {
            try await SparringBinary.run(scenario: nil, command: ["sh", "-c", line], options: ["--http2"] + options)
        }
        #expect(process.standardOutput == "\(version) 200", "\(process.standardError)")
    }

    @Test(
        "Faults of the other HTTP version are rejected before the server listens",
        arguments: [
            (
                ["serve", "--http2", "--fault", "torn_chunk"],
                "--fault: the fault 'at event 2: torn_chunk' needs HTTP/1"
            ),
            (["serve", "--http2", "--fault", "fin at head byte 3"], "'at head byte 3: fin' needs HTTP/1"),
            (
                ["serve", "--fault", "h2_rst"],
                "'at event 2: h2_rst internal_error' needs HTTP/2: add --http2"
            ),
            (["serve", "--fault", "h2_stall"], "needs HTTP/2: add --http2"),
            (["serve", "SCENARIO", "--http2"], "the scenario chunks, rule 1 \"torn\", step 2: the fault"),
        ])
    func refusals(arguments: [String], message: String) async throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.write(
            """
            schema: 1
            scenario: chunks
            rules:
              - name: torn
                steps: [ { text: a }, { text: b, faults: [ torn_chunk ] } ]
            """, to: "chunks.yaml")
        let outcome = try await SparringBinary.run(arguments.map { $0 == "SCENARIO" ? file : $0 } + ["--port", "0"])
        #expect(outcome.exitCode == 64 || outcome.exitCode == 65)
        #expect(outcome.standardError.contains(message), "\(outcome.standardError)")
    }

    @Test("`record` rejects HTTP/2, even when the environment sets it")
    func cassettes() async throws {
        let scratch = try ScratchDirectory()
        let cassette = scratch.url.appending(path: "x.sqlite").path
        let outcome = try await SparringBinary.run(
            ["record", cassette, "--upstream", "http://127.0.0.1:9/v1", "--port", "0"],
            environment: ["SPARRING_HTTP2": "true"])
        #expect(outcome.exitCode == 64 && !FileManager.default.fileExists(atPath: cassette))
        #expect(outcome.standardError.contains("SPARRING_HTTP2: cassettes support HTTP/1.1 only"))
    }
}

private enum CurlClient {
    static let executable = ProcessInfo.processInfo.environment["PATH", default: ""].split(separator: ":")
        .map { "\($0)/curl" }.first { FileManager.default.isExecutableFile(atPath: $0) }
}
