import Foundation
import TestSupport
import Testing

/// Tests the files of `--report`. `scripts/test_page.py` opens such files with a browser.
@Suite("The HTML file of a run", .timeLimit(.minutes(5)))
struct PageFileTests {
    private static let curl = """
        curl -sS "$OPENAI_BASE_URL/chat/completions" -H "authorization: Bearer $OPENAI_API_KEY" -d '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"</script>x"}]}'
        """

    private static func run(_ arguments: [String], _ program: [String]) async throws -> ChildProcess.Outcome {
        try await ChildProcess(SparringBinary.url, arguments + ["--"] + program).outcome()
    }

    @Test("`run --report` writes a page with the exchanges, and keeps the program's exit code")
    func ofRun() async throws {
        let scratch = try ScratchDirectory()
        let file = scratch.url.appending(path: "new/run.html")
        let outcome = try await Self.run(
            ["run", "hello", "--report", file.path], ["sh", "-c", Self.curl + "; exit 3"])
        #expect(outcome.exitCode == 3, "\(outcome.standardError)")
        #expect(outcome.standardError.contains("sparring: created the folder \(scratch.url.path)/new for --report\n"))
        let page = try String(contentsOf: file, encoding: .utf8)
        #expect(page.contains("<title>Sparring</title>"))
        #expect(page.contains("class=\"rest\" data-first=\"0\"") && !page.contains("</script>x"))
        #expect(page.contains("Run of scenario hello, seed 1"))
        #expect(page.contains(#""path":"/v1/chat/completions""#))
    }

    @Test("`serve --report` writes the page when the server stops")
    func ofServe() async throws {
        let scratch = try ScratchDirectory()
        let file = scratch.url.appending(path: "serve.html")
        let server = try await ServerProcess(["hello"], options: ["--report", file.path])
        let port = server.port
        _ = try await blocking {
            let socket = try RawSocket(port: port)
            try socket.send(RawRequest.chat(path: "/v1/chat/completions", headers: ["Connection: close"]))
            return socket.receive().bytes
        }
        #expect(!FileManager.default.fileExists(atPath: file.path))
        server.child.signal(SIGINT)
        #expect(try await server.child.outcome().exitCode == 130)
        #expect(try String(contentsOf: file, encoding: .utf8).contains(#""number":1,"#))
    }

    @Test("`check --report` writes the graded cases beside what it prints")
    func ofCheck() async throws {
        let scratch = try ScratchDirectory()
        let (file, log) = (scratch.url.appending(path: "check.html"), scratch.url.appending(path: "log.jsonl"))
        let mutants = SparringBinary.root.appending(path: "fixtures/drivers/mutants").path
        let outcome = try await Self.run(
            ["check", "no-retry.400", "--report", file.path, "--out", log.path], [mutants, "--sin", "retries-400"])
        #expect(outcome.exitCode == 1, "\(outcome.standardError)")
        #expect(outcome.standardOutput.contains("no-retry.400"))
        let page = try String(contentsOf: file, encoding: .utf8)
        #expect(page.contains("<title>Conformance</title>") && page.contains("no-retry.400"))
    }

    @Test(
        "A report that cannot be written is one line on standard error, and exit code 74",
        arguments: [["run", "hello"], ["check", "sanity.hello", "--out", "/dev/null"]])
    func fullDisk(arguments: [String]) async throws {
        let scratch = try ScratchDirectory()
        let full = scratch.url.appending(path: "full").path
        try FileManager.default.createSymbolicLink(atPath: full, withDestinationPath: "/dev/full")
        let good = SparringBinary.root.appending(path: "fixtures/drivers/good").path
        let outcome = try await Self.run(arguments + ["--report", full, "--quiet"], [good])
        #expect(outcome.exitCode == 74, "\(outcome.standardError)")
        #expect(outcome.standardError.hasSuffix("sparring: cannot write \(full): No space left on device\n"))
    }

    @Test(
        "A report that cannot be written ends the command before the program runs",
        arguments: [["run", "hello"], ["check", "sanity.hello", "--out", "/dev/null"]],
        [("", 64), ("-", 64), ("/dev/null/x.html", 74), ("FOLDER", 74)] as [(String, Int32)])
    func early(arguments: [String], report: (path: String, code: Int32)) async throws {
        let scratch = try ScratchDirectory()
        let mark = scratch.url.appending(path: "mark").path
        let path = report.path.replacing("FOLDER", with: scratch.url.path)
        let outcome = try await Self.run(arguments + ["--report", path], ["touch", mark])
        #expect(outcome.exitCode == report.code, "\(outcome.standardError)")
        #expect(outcome.standardError.contains(report.code == 64 ? "--report" : "cannot write \(path): "))
        #expect(!FileManager.default.fileExists(atPath: mark))
    }

    @Test("Callers of `check --population` have no cases to report")
    func population() async throws {
        let outcome = try await Self.run(["check", "--population", "--report", "x.html"], ["true"])
        #expect(outcome.exitCode == 64)
        #expect(outcome.standardError.contains("--report"))
    }
}
