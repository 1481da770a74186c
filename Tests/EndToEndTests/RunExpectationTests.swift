import Foundation
import TestSupport
import Testing

/// Tests that `sparring run` judges the `expect` of a scenario, so that a scenario and a program alone give a verdict.
@Suite("Expectations of a scenario", .timeLimit(.minutes(20)))
struct RunExpectationTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var expect: String
        /// The program, as a shell command.
        var program: String
        var code: Int32
        var says: String

        var testDescription: String { "\(expect) ← \(program)" }
    }

    /// A client that makes one request, without retries.
    private static let ask = """
        curl -s -H "Authorization: Bearer $OPENAI_API_KEY" -H 'content-type: application/json' \
        -d '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}' "$OPENAI_BASE_URL/chat/completions"
        """

    @Test(
        "The exit code and the report of `run` show whether the scenario's expectation is met",
        arguments: [
            Row(expect: "{ exit: 0, text: hello, attempts: 1 }", program: ask, code: 0, says: "played to its end"),
            Row(
                expect: "{ text: farewell }", program: ask, code: 1,
                says: "“farewell” on standard output; actual: the answer is missing"),
            Row(expect: "{ attempts: 2 }", program: ask, code: 1, says: "expected: The call takes exactly 2 requests"),
            Row(expect: "{ exit: nonzero }", program: ask + "; exit 3", code: 0, says: "your program exited with 3"),
            Row(expect: "{ exit: nonzero }", program: ask, code: 1, says: "1 expectation is not met"),
            Row(expect: "{ exit: 0 }", program: ask + "; exit 3", code: 3, says: "actual: exit code 3"),
            Row(
                expect: "{ not_shown: ['{{key}}'] }", program: ask + "; echo $OPENAI_API_KEY >&2", code: 1,
                says: "found on standard error"),
            Row(
                expect: "{ wire: { attempts: { min: 2, level: should } } }", program: ask, code: 0,
                says: "? expected (should)"),
        ])
    func verdict(row: Row) async throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.write(
            "schema: 1\nscenario: mine\nsteps: [{ text: hello }]\nexpect: \(row.expect)\n", to: "mine.yaml")
        let outcome = try await SparringBinary.run(["run", file, "--", "bash", "-c", row.program])
        #expect(outcome.exitCode == row.code, "\(outcome.standardError)")
        #expect(outcome.standardError.contains(row.says), "\(outcome.standardError)")
        #expect(outcome.standardOutput.contains("hello"), "the program's output is passed on")
    }

    @Test("`run --json` has a row for each expectation")
    func json() async throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.write(
            "schema: 1\nscenario: mine\nsteps: [{ text: hello }]\nexpect: { exit: 0, text: bye }\n", to: "mine.yaml")
        let outcome = try await SparringBinary.run(["run", file, "--json", "--", "bash", "-c", Self.ask])
        let line = try #require(outcome.standardError.split(separator: "\n").last)
        let report = try JSONDecoder().decode(Report.self, from: Data(line.utf8))
        #expect(!report.held)
        #expect(report.expectations.map(\.check) == ["mine#exit", "mine#text"])
        #expect(report.expectations.map(\.verdict) == ["pass", "fail"])
    }

    struct Report: Decodable {
        struct Row: Decodable {
            var check: String
            var verdict: String
        }

        var held: Bool
        var expectations: [Row]
    }
}
