import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Tests `--db` of the built program. The file is read with Python's SQLite, because users read it with other tools, too.
@Suite("The journal on the command line", .timeLimit(.minutes(20)))
struct JournalTests {
    static func query(_ file: String, _ sql: String) async throws -> String {
        let program = """
            import sqlite3, sys
            for row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]):
                print("|".join("" if value is None else str(value) for value in row))
            """
        let outcome = try await ChildProcess(URL(filePath: "/usr/bin/env"), ["python3", "-c", program, file, sql])
            .outcome()
        #expect(outcome.exitCode == 0, "\(outcome.standardError)")
        return outcome.standardOutput.trimmed
    }

    private static let questions: [FencedBlock] = {
        let page = SparringBinary.root.appending(path: "docs/reference/journal.md")
        let text = (try? String(contentsOf: page, encoding: .utf8)) ?? ""
        return FencedBlock.all(in: text, page: "docs/reference/journal.md").filter { $0.language == "sql" }
    }()

    @Test("Every SQL query in docs/reference/journal.md runs, and its result matches the recorded calls")
    func documented() async throws {
        let scratch = try ScratchDirectory()
        let file = scratch.url.appending(path: "journal.sqlite").path
        let outcome = try await SparringBinary.run([
            "run", "two-rate-limits", "--db", file, "--", "sh", "-c",
            "for n in 1 2 3; do \(CommandLineTests.chatWithCurl); done",
        ])
        #expect(outcome.exitCode == 0, "\(outcome.standardError)")
        var answers: [String] = []
        for question in Self.questions { answers.append(try await Self.query(file, question.text)) }
        try #require(answers.count == 8)
        #expect(answers[0].split(separator: "\n").count == 3)
        #expect(answers[1].contains("default|3|3|200|") && answers[2].isEmpty && answers[3].isEmpty)
        #expect(answers[4].hasPrefix("curl/") && answers[4].hasSuffix("|3"))
        #expect(answers[5] == "messages|3\nmodel|3")
        #expect(answers[7] == "1|3|0|0")
    }

    @Test("`run --db` stores requests and answers without the key, in a file that only its owner can read")
    func run() async throws {
        let scratch = try ScratchDirectory()
        let file = scratch.url.appending(path: "journal.sqlite").path
        let outcome = try await SparringBinary.run([
            "run", "hello", "--db", file, "--", "sh", "-c", CommandLineTests.chatWithCurl,
        ])
        #expect(outcome.exitCode == 0, "\(outcome.standardError)")
        let calls = try await Self.query(file, "SELECT session, status, step, request FROM calls")
        #expect(
            calls == #"default|200|rule 1, step 1|{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}"#)
        let answers = try await Self.query(file, "SELECT count(*) FROM calls WHERE answer LIKE '%chat.completion%'")
        let runs = try await Self.query(file, "SELECT scenario, keeps, lost, ended_ns > started_ns FROM runs")
        #expect(answers == "1" && runs == "hello|full|0|1")
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
    }

    @Test("`serve --db` stores every answer that was sent before the signal", arguments: [SIGINT, SIGTERM])
    func serve(signal: Int32) async throws {
        let scratch = try ScratchDirectory()
        let file = scratch.url.appending(path: "journal.sqlite").path
        let server = try await ServerProcess(["hello"], options: ["--db", file, "--journal", "heads"])
        for _ in 1...3 { _ = try await blocking { try RawRequest.status(port: server.port) } }
        server.child.signal(signal)
        let outcome = try await server.child.outcome()
        #expect(outcome.exitCode == 128 + signal, "\(outcome.standardError)")
        let rows = try await Self.query(
            file, "SELECT count(*), min(body_dropped), (SELECT ended_ns IS NOT NULL FROM runs) FROM exchanges")
        #expect(rows == "3|heads|1")
    }

    @Test("`check --db` stores the exchanges of its cases")
    func check() async throws {
        let scratch = try ScratchDirectory()
        let file = scratch.url.appending(path: "journal.sqlite").path
        _ = try await SparringBinary.run([
            "check", "no-retry.*", "--db", file, "--out", scratch.url.appending(path: "report.jsonl").path, "--", "sh",
            "-c", CommandLineTests.chatWithCurl,
        ])
        let rows = try await Self.query(
            file, "SELECT count(*) > 2, count(DISTINCT session) > 2, (SELECT scenario FROM runs) FROM exchanges")
        #expect(rows == "1|1|cases")
    }

    @Test("--journal off creates no file")
    func off() async throws {
        let scratch = try ScratchDirectory()
        let file = scratch.url.appending(path: "journal.sqlite").path
        let outcome = try await SparringBinary.run(
            ["run", "--journal", "off", "--", "true"], environment: ["SPARRING_DB": file])
        #expect(outcome.exitCode == 0)
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test("--db with a foreign file fails with exit code 65, and a file that cannot be created fails with 70")
    func refused() async throws {
        let scratch = try ScratchDirectory()
        let diary = try scratch.write(String(repeating: "Dear diary. ", count: 50), to: "diary.txt")
        let foreign = try await SparringBinary.run(["run", "--db", diary, "--", "true"])
        #expect(foreign.exitCode == 65)
        #expect(foreign.standardError.contains("\(diary): is not an SQLite database"), "\(foreign.standardError)")
        let nowhere = try await SparringBinary.run(["serve", "--port", "0", "--db", "/nonexistent/journal.sqlite"])
        #expect(nowhere.exitCode == 74)
        #expect(nowhere.standardError.contains("/nonexistent/journal.sqlite: cannot be opened"))
    }

    @Test("SIGKILL at any moment leaves a valid journal file that lacks only the latest exchanges")
    func kills() async throws {
        let script = SparringBinary.root.appending(path: "scripts/journal_kill.py").path
        let outcome = try await ChildProcess(
            URL(filePath: "/usr/bin/env"),
            [
                // The tested program is a debug build that runs next to other tests. Therefore the test makes fewer calls, and does not
                // check the times in docs/reference/journal.md, which were measured on an idle machine.
                "python3", script, "--rounds", "4", "--clients", "2", "--pause", "0.005", "--caught-up",
                "--binary", SparringBinary.url.path,
            ]
        ).outcome()
        #expect(outcome.exitCode == 0, "\(outcome.standardOutput)\(outcome.standardError)")
    }
}
