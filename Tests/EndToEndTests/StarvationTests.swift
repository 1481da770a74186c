import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Tests a server that lacks something: descriptors, space, a home, a terminal. Python sets the limit and then becomes the
/// server.
@Suite("A server that lacks something", .timeLimit(.minutes(20)))
struct StarvationTests {
    private static func server(
        after python: String, _ scratch: ScratchDirectory, options: [String] = []
    ) async throws -> (child: ChildProcess, port: UInt16) {
        let ready = scratch.url.appending(path: "ready").path
        let program = """
            import os, resource, signal, sys
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
            \(python)
            os.execv(sys.argv[1], sys.argv[1:])
            """
        let child = try ChildProcess(
            URL(filePath: "/usr/bin/env"),
            ["python3", "-c", program, SparringBinary.url.path, "serve", "--port", "0", "--quiet"]
                + ["--ready-file", ready] + options)
        var text = ""
        _ = try await eventually {
            text = (try? String(contentsOfFile: ready, encoding: .utf8))?.trimmed ?? ""
            return !text.isEmpty || !child.isRunning
        }
        let port = URL(string: text)?.port.flatMap(UInt16.init(exactly:))
        return (child, try #require(port, "the server did not start: \(child.standardError)"))
    }

    private static func chat(_ connection: KeptConnection, prompt: String = "hi") throws -> Int {
        let body = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"\#(prompt)"}]}"#
        return try connection.ask("POST", "/v1/chat/completions", body).status
    }

    @Test(
        "A server without a home, a temporary folder or a writable working directory answers as usual",
        arguments: [
            "os.environ.clear()", "os.environ['HOME'] = '/nonexistent'", "os.environ['TMPDIR'] = '/nonexistent'",
            "os.chdir('/proc' if os.path.isdir('/proc') else '/')",
        ])
    func noPlace(python: String) async throws {
        let scratch = try ScratchDirectory()
        let (child, port) = try await Self.server(after: python, scratch)
        let status = try await blocking { try RawRequest.status(port: port) }
        #expect(status == 200)
        child.signal(SIGINT)
        let outcome = try await child.outcome()
        #expect(outcome.exitCode == 128 + SIGINT)
        #expect(outcome.standardError.isEmpty)
    }

    @Test(
        "A server without free descriptors says so, keeps its connections, and accepts new ones when others are closed")
    func descriptors() async throws {
        let scratch = try ScratchDirectory()
        let file = scratch.url.appending(path: "journal.sqlite").path
        let (child, port) = try await Self.server(
            after: "resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))", scratch, options: ["--db", file])
        let sentence = "new connections wait, because this process may not open"
        // One connection, used by one closure after the other.
        nonisolated(unsafe) let kept = try KeptConnection(port: port)
        let first = try await blocking { try Self.chat(kept) }
        // The kernel completes connections that the server cannot accept.
        var others = try await blocking { try (0..<100).map { _ in try RawSocket(port: port) } }
        #expect(try await eventually { child.standardError.contains(sentence) })
        let second = try await blocking { try Self.chat(kept) }
        #expect(first == 200)
        #expect(second == 200)
        #expect(others.count == 100)
        others.removeAll()
        let status = try await blocking { try RawRequest.status(port: port) }
        #expect(status == 200)
        child.signal(SIGINT)
        let outcome = try await child.outcome()
        #expect(outcome.exitCode == 128 + SIGINT, "\(outcome.standardError)")
        let sentences = outcome.standardError.components(separatedBy: sentence)
        #expect(sentences.count == 2, "once, not after each attempt: \(outcome.standardError)")
        let rows = try await JournalTests.query(file, "SELECT count(*), (SELECT lost FROM runs) FROM exchanges")
        #expect(rows == "3|0")
    }

    @Test("A server whose journal cannot grow answers, says so, and keeps the exchanges that fit")
    func fullDisk() async throws {
        let scratch = try ScratchDirectory()
        let file = scratch.url.appending(path: "journal.sqlite").path
        // Python ignores SIGXFSZ, and the server inherits this setting: a write beyond the limit is an error.
        let (child, port) = try await Self.server(
            after: "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))", scratch, options: ["--db", file])
        let prompt = String(repeating: "long ", count: 1_000)
        let statuses = try await blocking {
            let connection = try KeptConnection(port: port)
            return try (0..<600).map { _ in try Self.chat(connection, prompt: prompt) }
        }
        #expect(statuses == Array(repeating: 200, count: 600))
        #expect(try await eventually { child.standardError.contains("the journal cannot be written: ") })
        child.signal(SIGINT)
        let outcome = try await child.outcome()
        #expect(outcome.exitCode == 74, "\(outcome.standardError)")
        let found = try await JournalTests.query(file, "SELECT count(*) FROM exchanges")
        let kept = try #require(Int(found))
        #expect(kept > 40)
        #expect(outcome.standardError.contains(": \(600 - kept) exchanges are missing: "), "\(outcome.standardError)")
    }

    @Test("A server whose terminal is closed stops gracefully and completes its journal")
    func hangUp() async throws {
        let scratch = try ScratchDirectory()
        let file = scratch.url.appending(path: "journal.sqlite").path
        let (child, port) = try await Self.server(after: "", scratch, options: ["--db", file])
        let status = try await blocking { try RawRequest.status(port: port) }
        #expect(status == 200)
        // The kernel and the shell may both send SIGHUP.
        child.signal(SIGHUP)
        child.signal(SIGHUP)
        let outcome = try await child.outcome()
        #expect(outcome.exitCode == 128 + SIGHUP, "\(outcome.standardError)")
        let rows = try await JournalTests.query(
            file, "SELECT count(*), (SELECT ended_ns IS NOT NULL FROM runs) FROM exchanges")
        #expect(rows == "1|1")
    }

    @Test("Without a listening upstream, `record` answers 502 with the reason, records nothing, and goes on")
    func deadUpstream() async throws {
        let scratch = try ScratchDirectory()
        let recorder = try await CassetteServerProcess([
            "record", scratch.url.appending(path: "cassette.sqlite").path,
            "--upstream", "http://127.0.0.1:\(try FreePort.next())/v1",
        ])
        for _ in 1...2 {
            let answer = try await recorder.ask("/v1/chat/completions")
            #expect(answer.text.contains("HTTP/1.1 502"), "\(answer.text)")
            #expect(
                answer.text.contains("Sparring: cannot reach the upstream: Connection refused."), "\(answer.text)")
        }
        let outcome = try await recorder.stop()
        #expect(outcome.exitCode == 128 + SIGINT)
        let text = outcome.standardOutput + outcome.standardError
        #expect(text.contains("0 exchanges recorded") && text.contains("2 failed and not kept"), "\(text)")
    }

    @Test("A server that nohup starts goes on when its terminal is closed")
    func ignoredHangUp() async throws {
        let scratch = try ScratchDirectory()
        let (child, port) = try await Self.server(after: "signal.signal(signal.SIGHUP, signal.SIG_IGN)", scratch)
        child.signal(SIGHUP)
        let status = try await blocking { try RawRequest.status(port: port) }
        #expect(status == 200)
        child.signal(SIGTERM)
        let outcome = try await child.outcome()
        #expect(outcome.exitCode == 128 + SIGTERM)
    }
}
