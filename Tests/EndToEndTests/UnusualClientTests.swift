import Foundation
import Testing

/// Tests correct clients with habits that the reference client does not have, each next to a faulty client with the
/// same habit.
@Suite("The grading of unusual clients", .timeLimit(.minutes(60)))
struct UnusualClientTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var habit: String
        var cases: String
        /// The case that the faulty client must fail.
        var fails: String
        /// Cases that do not apply to the client.
        var skips: Set<String> = []

        var testDescription: String { habit }
    }

    static let rows = [
        Row(habit: "floats", cases: "embeddings.*", fails: "embeddings.order", skips: ["embeddings.base64"]),
        Row(habit: "numbers", cases: "embeddings.*", fails: "embeddings.order", skips: ["embeddings.base64"]),
        Row(habit: "ids", cases: "batch.*", fails: "batch.failed-line"),
        Row(habit: "boundaries", cases: "files.upload*", fails: "files.upload-again"),
        Row(habit: "keys", cases: "no-retry.401", fails: "no-retry.401"),
        Row(habit: "guards", cases: "body.error-in-200", fails: "body.error-in-200"),
        Row(habit: "searches", cases: "body.error-in-200", fails: "body.error-in-200"),
        Row(habit: "examples", cases: "tools.whole", fails: "tools.whole"),
        Row(habit: "stored", cases: "calls.responses-whole", fails: "calls.responses-whole"),
    ]

    @Test("A correct client passes the cases of its habit, and a faulty client fails one", arguments: rows)
    func habits(row: Row) async throws {
        let (verdicts, process) = try await GradedProgram.check(
            [CheckTests.driver("unusual"), row.habit], options: [row.cases])
        #expect(Set(verdicts.filter { $0.value == "skip" }.keys) == row.skips, "\(verdicts)")
        // A plain call may be unobserved: a program of this habit does not have to answer one.
        let own = verdicts.filter { !$0.key.hasPrefix("sanity.") }
        #expect(Set(own.values).isSubset(of: ["pass", "skip"]), "\(process.standardOutput)")
        #expect(own.values.contains("pass"))
        #expect(process.exitCode == 0)
        let wrong = try await GradedProgram.check(
            [CheckTests.driver("unusual"), row.habit, "--wrong"], options: [row.cases])
        #expect(wrong.verdicts[row.fails] == "fail", "\(wrong.process.standardOutput)")
    }

    struct OnlyRow: Sendable, CustomTestStringConvertible {
        var habit: String
        /// The themes of the cases that are played.
        var themes: Set<String>

        var testDescription: String { habit }
    }

    @Test(
        "A program without chat calls is graded on its own themes, and other cases are skipped",
        arguments: [
            OnlyRow(habit: "numbers", themes: ["embeddings"]), OnlyRow(habit: "ids", themes: ["batch"]),
            OnlyRow(habit: "boundaries", themes: ["files"]),
        ])
    func only(row: OnlyRow) async throws {
        let cases = [
            "embeddings.order", "batch.results", "files.*", "no-retry.400", "retry.429-then-ok", "sse.comments",
        ]
        let (verdicts, process) = try await GradedProgram.check(
            [CheckTests.driver("unusual"), row.habit, "--only"], options: cases)
        #expect(process.exitCode == 0, "\(process.standardOutput)")
        let played = verdicts.filter { $0.value != "skip" && $0.value != "unobserved" && !$0.key.hasPrefix("sanity.") }
        #expect(Set(played.keys.compactMap { $0.split(separator: ".").first.map(String.init) }) == row.themes)
        #expect(Set(played.values) == ["pass"], "\(process.standardOutput)")
        #expect(verdicts["sanity.hello"] == "skip")
    }

    @Test("A program that uses background responses is graded on them, and its polls do not count as attempts")
    func background() async throws {
        let command = [CheckTests.driver("unusual"), "background", "--only"]
        let cases = ["responses.failed", "responses.incomplete", "no-retry.400"]
        let (verdicts, process) = try await GradedProgram.check(command, options: cases)
        #expect(verdicts["sanity.hello"] == "pass", "\(process.standardOutput)")
        #expect(cases.allSatisfy { verdicts[$0] == "pass" }, "\(process.standardOutput)")
        let wrong = try await GradedProgram.check(command + ["--wrong"], options: ["responses.failed"])
        #expect(wrong.verdicts["responses.failed"] == "fail", "\(wrong.process.standardOutput)")
    }

    @Test("A program that fails every call cannot be graded, and its report contains only the plain conversation")
    func nothing() async throws {
        let (verdicts, process) = try await GradedProgram.check(["false"], options: ["embeddings.*"])
        #expect(process.exitCode == 69)
        #expect(Array(verdicts.keys) == ["sanity.hello"], "\(process.standardOutput)")
    }

    @Test("A repeated request after the end of the script is listed once, without advice for the author of the script")
    func beyondTheScript() async throws {
        let scratch = try ScratchDirectory()
        let program = try scratch.write(
            """
            import json, os, urllib.request
            for _ in range(3):
                body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": os.environ["SPARRING_PROMPT"]}]}
                request = urllib.request.Request(os.environ["OPENAI_BASE_URL"] + "/chat/completions",
                    json.dumps(body).encode(), {"authorization": "Bearer " + os.environ["OPENAI_API_KEY"]})
                try:
                    print(json.load(urllib.request.urlopen(request))["choices"][0]["message"]["content"])
                except OSError as error:
                    print(error.read().decode())
            """, to: "thrice.py")
        let (_, process) = try await GradedProgram.check(["python3", program], options: ["sanity.hello"])
        let output = process.standardOutput
        #expect(output.contains("it comes after the last answer of the case (2 times)"), "\(output)")
        #expect(!output.contains("then: last"), "\(output)")
    }
}
