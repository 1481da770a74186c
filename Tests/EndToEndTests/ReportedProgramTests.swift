import Foundation
import TestSupport
import Testing

/// Tests programs with mistakes from public bug reports (`fixtures/drivers/reported`), each next to a correct variant.
@Suite("The grading of programs with reported mistakes", .timeLimit(.minutes(20)))
struct ReportedProgramTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var mistake: String
        /// Cases that the mistake must not fail.
        var holds: [String]
        /// Cases that only the program with the mistake must fail.
        var fails: Set<String>

        var testDescription: String { mistake }
    }

    static let rows = [
        Row(
            mistake: "ends",
            holds: ["polls.background", "polls.background-failed", "polls.background-incomplete"],
            fails: ["polls.background-cancelled"]),
        Row(
            mistake: "totals", holds: ["usage.stream", "usage.beside-choices"],
            fails: ["usage.running-total", "usage.twice"]),
        Row(mistake: "arguments", holds: ["tools.whole"], fails: ["calls.empty-arguments"]),
        Row(mistake: "output", holds: ["responses.stream"], fails: ["calls.responses-text-output-null"]),
        Row(
            mistake: "vectors", holds: ["embeddings.order", "embeddings.numbers"],
            fails: ["vectors.refused", "vectors.one-refused", "vectors.server-error", "embeddings.too-few"]),
    ]

    @Test("A correct program passes, and the program with the mistake fails its cases", arguments: rows)
    func programs(row: Row) async throws {
        let command = [CheckTests.driver("reported"), row.mistake]
        let options = row.holds + row.fails.sorted()
        let right = try await GradedProgram.check(command, options: options)
        let graded = right.verdicts.filter { options.contains($0.key) }
        #expect(graded.count == options.count)
        #expect(Set(graded.values) == ["pass"], "\(right.process.standardOutput)")
        let wrong = try await GradedProgram.check(command + ["--wrong"], options: options)
        let bad = wrong.verdicts.filter { ["fail", "warn", "timeout"].contains($0.value) }
        #expect(Set(bad.keys) == row.fails, "\(wrong.process.standardOutput)")
    }

    @Test("A driver that can only embed is graded on embeddings, and other cases are skipped")
    func onlyEmbeds() async throws {
        let cases = ["embeddings.order", "embeddings.too-few", "sse.comments"]
        let command = [CheckTests.driver("embeds")]
        let right = try await GradedProgram.check(command, options: cases + ["--driver"])
        let expected = ["embeddings.order": "pass", "embeddings.too-few": "pass", "sse.comments": "skip"]
        #expect(right.verdicts.filter { cases.contains($0.key) } == expected, "\(right.process.standardOutput)")
        #expect(right.process.exitCode == 0)
        let wrong = try await GradedProgram.check(command + ["--wrong"], options: cases + ["--driver"])
        #expect(wrong.verdicts["embeddings.order"] == "fail", "\(wrong.process.standardOutput)")
    }

    @Test(
        "A scenario can limit the requests of a program for a file of a vector store, whatever the file's status",
        arguments: [("in_progress", 10), ("cancelled", 1)])
    func stores(status: String, most: Int) async throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.write(
            """
            schema: 1
            scenario: a-file-that-is-not-ready
            rules:
              - when: { endpoint: vector_stores.files.retrieve }
                then: last
                steps: [{ raw: { json: { id: file-1, object: vector_store.file, status: \(status) } } }]
            expect: { exit: 0, text: \(status), wire: { attempts: { max: \(most) } } }
            """, to: "stores.yaml")
        let command = ["run", file, "--", CheckTests.driver("reported"), "stores"]
        let right = try await SparringBinary.run(command)
        #expect(right.exitCode == 0, "\(right.standardError)")
        let wrong = try await SparringBinary.run(command + ["--wrong"])
        #expect(wrong.exitCode == 1, "\(wrong.standardError)")
        #expect(wrong.standardError.contains("at most \(most) request"), "\(wrong.standardError)")
    }

    @Test(
        "`run` and `check` report a refused request with its reason and the option that accepts it",
        arguments: [["run", "hello"], ["run", "hello", "--json"], ["check", "sanity.hello", "--out", "/dev/null"]])
    func refused(command: [String]) async throws {
        let program = ["--", CheckTests.driver("reported"), "member"]
        let right = try await SparringBinary.run(command + program)
        #expect(right.exitCode == 0, "\(right.standardError)")
        let wrong = try await SparringBinary.run(command + program + ["--wrong"])
        let said = wrong.standardOutput + wrong.standardError
        #expect(wrong.exitCode == (command[0] == "run" ? 1 : 69), "\(said)")
        #expect(said.contains("400 Unknown parameter: 'usage'. (strict validation; --validation lenient accepts it)"))
    }
}
