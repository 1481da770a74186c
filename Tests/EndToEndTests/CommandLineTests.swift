import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Tests the interface for scripts and CI: exit codes, streams, signals, the ready file.
@Suite("The command line", .timeLimit(.minutes(20)))
struct CommandLineTests {
    struct ExitRow: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        var code: Int32
        var says: String

        var testDescription: String { arguments.joined(separator: " ") }
    }

    @Test(
        "Each command line ends with its documented exit code and names the cause of an error",
        arguments: [
            ExitRow(arguments: ["--no-such-option"], code: 64, says: "no-such-option"),
            ExitRow(arguments: ["serve", "no-such-scenario"], code: 64, says: "no-such-scenario"),
            ExitRow(arguments: ["run", "no-such-scenario", "--", "true"], code: 64, says: "no-such-scenario"),
            ExitRow(arguments: ["run", "hello"], code: 64, says: "--"),
            ExitRow(arguments: ["run", "--", "sh", "-c", "exit 7"], code: 7, says: ""),
            ExitRow(arguments: ["run", "--", "true"], code: 0, says: "no request came"),
            ExitRow(arguments: ["run", "two-rate-limits", "--", "true"], code: 1, says: "left"),
        ]
    )
    func exitCodes(row: ExitRow) async throws {
        let outcome = try await SparringBinary.run(row.arguments)
        #expect(outcome.exitCode == row.code, "\(outcome.standardError)")
        if !row.says.isEmpty { #expect(outcome.standardError.contains(row.says), "\(outcome.standardError)") }
    }

    @Test(
        "`serve --until-eof` ends with its input, and --public turns off the warning about open addresses",
        arguments: [(options: [String](), warns: true), (options: ["--public"], warns: false)])
    func endOfInput(row: (options: [String], warns: Bool)) async throws {
        // Standard input of a child is /dev/null, and a read from it ends at once.
        let outcome = try await SparringBinary.run(
            ["serve", "--port", "0", "--host", "0.0.0.0", "--until-eof"] + row.options)
        #expect(outcome.exitCode == 0, "\(outcome.standardError)")
        #expect(outcome.standardOutput.contains("OPENAI_BASE_URL=http://127.0.0.1:"))
        #expect(outcome.standardOutput.contains("everyone who reaches this port") == row.warns)
    }

    @Test("`lint` reports each mistake with its place and the nearest key")
    func lint() async throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.write(
            """
            schema: 1
            scenario: mistakes
            steps:
              - { txt: "hello" }
              - { text: "hello", faults: [ { at: evnt 3, end: fin } ] }
              - { error: rate_limit_exceded }
            """,
            to: "mistakes.yaml"
        )
        let outcome = try await SparringBinary.run(["lint", file])
        let said = outcome.standardOutput + outcome.standardError
        #expect(outcome.exitCode == 65)
        #expect(said.contains("mistakes.yaml:4:"), "\(said)")
        #expect(said.contains("mistakes.yaml:5:"), "\(said)")
        #expect(said.contains("mistakes.yaml:6:"), "\(said)")
        #expect(said.contains("text"), "the nearest key to 'txt'")
        #expect(said.contains("rate_limit_exceeded"), "the nearest name of an error")
    }

    @Test("`lint` finds no mistake in the built-in scenarios")
    func lintClean() async throws {
        let files = SparringBinary.root.appending(path: "scenarios/examples")
        let names = try FileManager.default.contentsOfDirectory(atPath: files.path).filter { $0.hasSuffix(".yaml") }
        try #require(!names.isEmpty)
        let outcome = try await SparringBinary.run(["lint"] + names.map { files.appending(path: $0).path })
        #expect(outcome.exitCode == 0, "\(outcome.standardOutput)\(outcome.standardError)")
    }

    @Test("`run` sets the environment of the child and leaves standard output to the child")
    func runEnvironment() async throws {
        let script = #"printf '%s %s %s' "$OPENAI_BASE_URL" "$OPENAI_API_KEY" "$NO_PROXY""#
        let outcome = try await SparringBinary.run(["run", "--", "sh", "-c", script])
        let words = outcome.standardOutput.split(separator: " ")
        #expect(words.count == 3, "\(outcome.standardOutput)")
        #expect(words.first?.hasPrefix("http://127.0.0.1:") == true)
        #expect(words.first?.hasSuffix("/v1") == true)
        #expect(words.last?.contains("127.0.0.1") == true)
    }

    @Test("An unmatched request fails the run and is in the report")
    func unmatched() async throws {
        let scratch = try ScratchDirectory()
        let scenario = try scratch.write(
            """
            schema: 1
            scenario: only embeddings
            rules:
              - { when: { endpoint: embeddings }, auto: {}, optional: true }
            """,
            to: "only-embeddings.yaml"
        )
        let outcome = try await SparringBinary.run([
            "run", scenario, "--json", "--", "sh", "-c", Self.chatWithCurl,
        ])
        let report = try RunReport(lastLineOf: outcome.standardError)
        #expect(outcome.exitCode == 1)
        #expect(!report.held)
        #expect(report.unmatched.count == 1)
        #expect(report.exchanges.first?.status == 400)
        #expect(outcome.standardOutput.contains("endpoint"), "the answer says what differed: \(outcome.standardOutput)")
    }

    @Test("`serve` writes its base URL to the ready file when it accepts connections")
    func readyFile() async throws {
        let server = try await ServerProcess(["hello"])
        #expect(server.baseURL == "http://127.0.0.1:\(server.port)/v1")
        let status = try await blocking { try RawRequest.status(port: server.port) }
        #expect(status == 200)
    }

    @Test("`serve` on a taken port fails with an error that names the port")
    func portTaken() async throws {
        let server = try await ServerProcess()
        let outcome = try await SparringBinary.run(["serve", "--port", "\(server.port)"])
        #expect(outcome.exitCode != 0 && outcome.exitCode != 137)
        #expect(outcome.standardError.contains("\(server.port)"), "\(outcome.standardError)")
    }

    @Test("SIGINT and SIGTERM end a hanging stream in the way that its scenario orders", arguments: [SIGINT, SIGTERM])
    func interrupt(signal: Int32) async throws {
        let scratch = try ScratchDirectory()
        let journal = scratch.url.appending(path: "journal.sqlite").path
        let server = try await ServerProcess(["head-then-silence"], options: ["--db", journal])
        let stream = try await Self.openStream(port: server.port)
        server.child.signal(signal)
        let end = try await blocking { stream.receive().end }
        #expect(end == .finished)
        let outcome = try await server.child.outcome()
        #expect(outcome.exitCode == 128 + signal)
        #expect(!FileManager.default.fileExists(atPath: server.readyFile), "a graceful stop cleans up")
        // If the server waited for the hang, it would cut the stream after its grace period, and the exchange would
        // have no ending.
        let endings = try await JournalTests.query(journal, "SELECT detail FROM timeline WHERE what = 'ended'")
        #expect(endings == "hang")
    }

    /// On a slow machine, the grace period of the first signal may end before the second signal arrives, and the server
    /// ends gracefully. The try is repeated, because a server that ignores the second signal always ends gracefully. One try in which the
    /// second signal ends the server is enough.
    @Test("A second SIGINT ends the server at once, even while a stream is running")
    func secondInterrupt() async throws {
        var isEndedAtOnce = false
        for _ in 1...6 where !isEndedAtOnce { isEndedAtOnce = try await Self.endsAtOnce() }
        #expect(isEndedAtOnce)
    }

    /// - Returns: whether the second signal ended the server before it could clean up.
    private static func endsAtOnce() async throws -> Bool {
        let scratch = try ScratchDirectory()
        let scenario = try scratch.write(
            """
            schema: 1
            scenario: half a minute
            steps: [ { text: "Late.", stream: { first: 30s } } ]
            """, to: "late.yaml")
        let journal = scratch.url.appending(path: "journal.sqlite").path
        let server = try await ServerProcess([scenario], options: ["--db", journal])
        let stream = try await openStream(port: server.port)
        // Two signals at the same time count as one. The second signal must wait until the server has received the first, which closes idle
        // connections at once. The second signal must arrive before the grace period of the stream ends, so one thread both waits
        // and sends the signal.
        let idle = try await blocking {
            let socket = try RawSocket(port: server.port)
            try socket.send(RawRequest.models)
            _ = socket.receive(until: "\r\n\r\n")
            server.child.signal(SIGINT)
            let end = socket.receive().end
            server.child.signal(SIGINT)
            return end
        }
        let outcome = try await server.child.outcome()
        #expect(idle == .finished)
        #expect(outcome.exitCode == 130)
        let end = try await blocking { stream.receive().end }
        #expect(end != .open)
        return FileManager.default.fileExists(atPath: journal + "-wal")
    }

    @Test("SIGINT during `run` gives exit code 130 and leaves no child process behind")
    func interruptRun() async throws {
        let scratch = try ScratchDirectory()
        let mark = scratch.url.appending(path: "child").path
        let child = try ChildProcess(
            SparringBinary.url,
            ["run", "--", "sh", "-c", "echo $$ > '\(mark)'; exec sleep 600"]
        )
        var text = ""
        _ = try await eventually {
            text = (try? String(contentsOfFile: mark, encoding: .utf8))?.trimmed ?? ""
            return !text.isEmpty
        }
        let pid = try #require(Int32(text), "the child never started: \(child.standardError)")
        child.signal(SIGINT)
        let outcome = try await child.outcome()
        #expect(outcome.exitCode == 130)
        let isGone = try await eventually { kill(pid, 0) != 0 }
        #expect(isGone, "the child \(pid) is still there")
    }

    static let chatWithCurl = """
        curl -sS "$OPENAI_BASE_URL/chat/completions" -H "Authorization: Bearer $OPENAI_API_KEY" \
        -H 'Content-Type: application/json' \
        -d '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}'
        """

    /// Opens a stream, and waits for its first bytes.
    private static func openStream(port: UInt16) async throws -> RawSocket {
        try await blocking {
            let socket = try RawSocket(port: port)
            try socket.send(RawRequest.chat(stream: true))
            _ = socket.receive(until: "\r\n\r\n")
            return socket
        }
    }
}
