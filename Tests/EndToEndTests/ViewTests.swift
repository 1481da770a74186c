import Foundation
import TestSupport
import Testing

/// Tests `sparring view` over bare sockets. `scripts/test_page.py` opens the page of `view` with a browser.
@Suite("A file in the browser", .timeLimit(.minutes(5)))
struct ViewTests {
    private static func get(_ target: String, port: UInt16) async throws -> RawAnswer {
        try await blocking {
            let socket = try RawSocket(port: port)
            try socket.send(
                "GET \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
            )
            return try #require(RawAnswer(socket.receive().bytes))
        }
    }

    /// Starts `view`, waits for its address, and returns the answer to each target.
    private static func view(
        _ file: String, _ targets: [String], options: [String] = [], ends fragment: String? = nil
    ) async throws -> [String] {
        let scratch = try ScratchDirectory()
        let ready = scratch.url.appending(path: "ready").path
        let child = try ChildProcess(SparringBinary.url, ["view", file, "--ready-file", ready] + options)
        defer { child.signal(SIGKILL) }
        var text = ""
        _ = try await eventually {
            text = (try? String(contentsOfFile: ready, encoding: .utf8))?.trimmed ?? ""
            return !text.isEmpty || !child.isRunning
        }
        #expect(URL(string: text)?.fragment(percentEncoded: false) == fragment)
        let port = try #require(
            URL(string: text)?.port.flatMap(UInt16.init(exactly:)), "\(child.standardError)")
        var bodies: [String] = []
        for target in targets { bodies.append(try await get(target, port: port).body) }
        child.signal(SIGINT)
        #expect(try await child.outcome().exitCode == 130)
        return bodies
    }

    private static let body = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}"#
    private static let curl =
        "curl -sS \"$OPENAI_BASE_URL/chat/completions\" -H \"authorization: Bearer $OPENAI_API_KEY\" -d '\(body)'"

    @Test("A journal is shown with the bodies of its exchanges")
    func journal() async throws {
        let scratch = try ScratchDirectory()
        let file = scratch.url.appending(path: "journal.sqlite").path
        let run = try await ChildProcess(
            SparringBinary.url, ["run", "hello", "--quiet", "--db", file, "--", "sh", "-c", Self.curl]
        ).outcome()
        #expect(run.exitCode == 0, "\(run.standardError)")
        let bodies = try await Self.view(file, ["/", "/_sparring/live", "/_sparring/exchange?key=0"])
        #expect(bodies[0].contains("<title>Sparring</title>"))
        #expect(
            bodies[1].contains(#""total":1"#)
                && bodies[1].contains("Journal \(file), scenario hello, seed 1"))
        #expect(
            bodies[2].contains(#""status":200"#) && bodies[2].contains(#""base64""#)
                && bodies[2].contains("gpt-4o-mini"))
    }

    @Test("The printed address has the filter of --filter, and a mistake in a filter is exit code 64 with the fix")
    func filter() async throws {
        let scratch = try ScratchDirectory()
        let file = scratch.url.appending(path: "journal.sqlite").path
        _ = try await ChildProcess(
            SparringBinary.url, ["run", "hello", "--quiet", "--db", file, "--", "sh", "-c", Self.curl]
        ).outcome()
        let filter = "status:5xx -model:gpt-4o é"
        _ = try await Self.view(file, ["/"], options: ["--filter", filter], ends: filter)
        let wrong = try await SparringBinary.run(["view", file, "--filter", "colour:red"])
        #expect(wrong.exitCode == 64)
        #expect(wrong.standardError.contains("--filter: 'colour' is not a key of a filter"), "\(wrong.standardError)")
    }

    @Test("A cassette is shown with the pieces of its answers")
    func cassette() async throws {
        let scratch = try ScratchDirectory()
        let file = scratch.url.appending(path: "cassette.sqlite").path
        let upstream = try await ServerProcess(["hello"])
        let run = try await ChildProcess(
            SparringBinary.url,
            ["record", file, "--upstream", upstream.baseURL, "--quiet", "--", "sh", "-c", Self.curl]
        ).outcome()
        #expect(run.exitCode == 0, "\(run.standardError)")
        let bodies = try await Self.view(file, ["/_sparring/live", "/_sparring/exchange?key=0"])
        #expect(
            bodies[0].contains("Cassette \(file)")
                && bodies[0].contains(#""endpoint":"chat.completions""#))
        #expect(bodies[1].contains(#""base64""#) && bodies[1].contains("gpt-4o-mini"))
    }

    @Test(
        "A file that cannot be shown is one line on standard error that names it, and exit code 65",
        arguments: ["hello", "SQLite format 3\0 and nothing more"])
    func foreign(text: String) async throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.write(text, to: "file")
        let outcome = try await ChildProcess(SparringBinary.url, ["view", file]).outcome()
        #expect(outcome.exitCode == 65 && outcome.standardOutput.isEmpty)
        #expect(
            outcome.standardError.contains(file)
                && outcome.standardError.split(separator: "\n").count == 1)
    }

    @Test("A journal of a newer version is refused, and stays as it is")
    func newer() async throws {
        let scratch = try ScratchDirectory()
        let file = scratch.url.appending(path: "journal.sqlite")
        _ = try await ChildProcess(
            SparringBinary.url, ["run", "hello", "--quiet", "--db", file.path, "--", "true"]
        ).outcome()
        var bytes = try Data(contentsOf: file)
        // `PRAGMA user_version` is at byte 60: https://www.sqlite.org/fileformat.html
        bytes[63] = 99
        try bytes.write(to: file)
        let outcome = try await ChildProcess(SparringBinary.url, ["view", file.path]).outcome()
        #expect(outcome.exitCode == 65)
        #expect(outcome.standardError.contains("\(file.path): was written by a newer Sparring"))
        #expect(try Data(contentsOf: file) == bytes)
    }
}
