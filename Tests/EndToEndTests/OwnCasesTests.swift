import Foundation
import TestSupport
import Testing

/// Tests `--cases`, which plays a user's case files next to the built-in cases.
@Suite("Own cases", .timeLimit(.minutes(20)))
struct OwnCasesTests {
    /// A file with one case for each id. The server answers with an error, then with a text.
    private static func file(_ ids: [String], theme: String = "mine") -> String {
        let cases = ids.map { id in
            """
              - id: \(id)
                title: Asks again
                why: Our gateway restarts.
                steps: [{ error: server_error }, { text: "pong {{session}}" }]
                expect: { exit: 0, text: "pong {{session}}", wire: { attempts: 2 } }
            """
        }
        return "schema: 1\ntheme: \(theme)\ndefaults: { level: must }\ncases:\n" + cases.joined(separator: "\n") + "\n"
    }

    @Test("`check --cases` plays the cases of a file next to a built-in case")
    func plays() async throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.write(Self.file(["mine.again"]), to: "mine.yaml")
        let (verdicts, process) = try await GradedProgram.check(
            [CheckTests.driver("good")], options: ["--cases", file, "mine.*", "no-retry.400"])
        #expect(process.exitCode == 0, "\(process.standardOutput)\(process.standardError)")
        #expect(verdicts["mine.again"] == "pass")
        #expect(verdicts["no-retry.400"] == "pass")
    }

    @Test("A failed case from a file is reported with the command that repeats it")
    func again() async throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.write(Self.file(["mine.again"]), to: "mine.yaml")
        let (verdicts, process) = try await GradedProgram.check(
            ["bash", "-c", Self.asksOnce], options: ["--cases", file, "mine.*"])
        #expect(process.exitCode == 1)
        #expect(verdicts["mine.again"] == "fail")
        #expect(process.standardOutput.contains("sparring check mine.again --cases \(file) --trace"))
    }

    /// A program that prints an answer, or fails without an answer. The program never sends a second request.
    private static let asksOnce = """
        curl -sf -H "Authorization: Bearer $OPENAI_API_KEY" -H 'content-type: application/json' \
        -d '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"'"$SPARRING_PROMPT"'"}]}' \
        "$OPENAI_BASE_URL/chat/completions"
        """

    struct Mistake: Sendable, CustomTestStringConvertible {
        var files: [String: String]
        /// The message about each file of `files`. `FOLDER` stands for the folder.
        var says: [String]
        var testDescription: String
    }

    @Test(
        "Mistakes in case files are reported with file, line and fix, and no case is played",
        arguments: [
            Mistake(
                files: ["a.yaml": file(["no-retry.400"], theme: "no-retry")],
                says: ["FOLDER/a.yaml:5:1: 'no-retry.400' is the id of a built-in case; choose another id"],
                testDescription: "an id of a built-in case"),
            Mistake(
                files: ["a.yaml": file(["mine.x"]), "b.yaml": file(["mine.x"])],
                says: ["FOLDER/b.yaml:5:1: 'mine.x' is also the id of a case in FOLDER/a.yaml:5"],
                testDescription: "an id of two files"),
            Mistake(
                files: ["a.yaml": file(["mine.Not OK"])],
                says: ["FOLDER/a.yaml:5:5: the id 'mine.Not OK' is not THEME.NAME"],
                testDescription: "an id of another form"),
            Mistake(
                files: ["a.yaml": file(["sanity.x"], theme: "sanity")], says: ["choose another theme"],
                testDescription: "the theme of the probe"),
            Mistake(
                files: [
                    "a.yaml": file(["mine.x"]).replacing("exit: 0", with: "exti: 0"),
                    "b.yaml": file(["mine.y"]).replacing("title:", with: "titel:"),
                ], says: ["FOLDER/a.yaml:9:15: unknown key 'exti'", "FOLDER/b.yaml:6:5: unknown key 'titel'"],
                testDescription: "unknown keys in two files"),
            Mistake(
                files: ["a.yaml": "schema: 1\ncase: []\n"], says: ["FOLDER/a.yaml:1:1: the file has no cases"],
                testDescription: "a file that is neither cases, a scenario nor a set"),
            Mistake(
                files: ["a.yaml": "schema: 1\nscenario: s\notherwise: auto\n"],
                says: ["FOLDER: this folder has no case file"],
                testDescription: "a folder without a case file"),
        ])
    func mistakes(row: Mistake) async throws {
        let scratch = try ScratchDirectory()
        for (name, text) in row.files { _ = try scratch.write(text, to: name) }
        let outcome = try await SparringBinary.run(["check", "--cases", scratch.url.path, "--", "false"])
        #expect(outcome.exitCode == 65, "\(outcome.standardError)")
        for line in row.says {
            let wanted = line.replacing("FOLDER", with: scratch.url.path)
            #expect(outcome.standardError.contains(wanted), "\(outcome.standardError)")
        }
    }

    @Test("`cases --cases` lists and shows the cases of a folder, and skips the scenarios in it")
    func lists() async throws {
        let scratch = try ScratchDirectory()
        _ = try scratch.write(Self.file(["mine.again"]), to: "mine.yaml")
        _ = try scratch.write("schema: 1\nscenario: s\notherwise: auto\n", to: "scenario.yml")
        let list = try await SparringBinary.run(["cases", "--cases", scratch.url.path])
        #expect(list.exitCode == 0, "\(list.standardError)")
        #expect(list.standardOutput.contains("mine.again"))
        #expect(list.standardOutput.contains("no-retry.400"))
        let show = try await SparringBinary.run(["cases", "show", "mine.again", "--cases", scratch.url.path])
        #expect(show.standardOutput.hasPrefix("mine.again · MUST · of \(scratch.url.path)/mine.yaml\nAsks again."))
        #expect(show.standardOutput.contains("  - id: mine.again\n    title: Asks again"))
    }

    @Test("`lint` checks the case files and the scenarios of a folder")
    func lint() async throws {
        let scratch = try ScratchDirectory()
        _ = try scratch.write(Self.file(["mine.x"]).replacing("exit: 0", with: "exit: 7"), to: "a.yaml")
        _ = try scratch.write("schema: 1\nscenario: s\notherwise: auto\nexpect: { exti: 0 }\n", to: "b.yml")
        let outcome = try await SparringBinary.run(["lint", scratch.url.path])
        #expect(outcome.exitCode == 65)
        #expect(outcome.standardOutput.contains("/a.yaml:9:21: exit cannot be '7'"), "\(outcome.standardOutput)")
        #expect(outcome.standardOutput.contains("/b.yml:4:11: unknown key 'exti'"), "\(outcome.standardOutput)")
    }

    @Test("Case files can be named in the environment and in sparring.yaml")
    func settings() async throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.write(Self.file(["mine.again"]), to: "mine.yaml")
        let outcome = try await SparringBinary.run(["cases", "mine.*"], environment: ["SPARRING_CASES": file])
        #expect(outcome.standardOutput.hasPrefix("mine.again"), "\(outcome.standardError)")
    }

    @Test("Shell completion suggests files for --cases", arguments: ["bash", "zsh", "fish"])
    func completion(shell: String) async throws {
        let outcome = try await SparringBinary.run(["--generate-completion-script", shell])
        #expect(outcome.exitCode == 0)
        #expect(outcome.standardOutput.contains(shell == "fish" ? "-l 'cases'" : "--cases"))
    }
}
