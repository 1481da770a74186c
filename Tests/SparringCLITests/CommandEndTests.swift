import ArgumentParser
import Sparring
import Testing

@testable import SparringCLI

@Suite("The end of a command")
struct CommandEndTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var error: any Error & Sendable
        var exitCode: Int32
        var text: String
    }

    @Test(
        "An error becomes one text and the exit code of its kind",
        arguments: [
            Row(
                testDescription: "a command's own error", error: CommandError("no such thing", .usage), exitCode: 64,
                text: "sparring: no such thing"),
            Row(
                testDescription: "mistakes in a file",
                error: CommandError(mistakes: ["a.yaml:1:1: x", "a.yaml:2:1: y"]),
                exitCode: 65, text: "a.yaml:1:1: x\na.yaml:2:1: y"),
            Row(
                testDescription: "a full disk", error: OutputError.failed(name: "x.jsonl", reason: "No space left"),
                exitCode: 74, text: "sparring: cannot write x.jsonl: No space left"),
            Row(
                testDescription: "a wrong value of an option",
                error: Settings.Mistake(description: "--port: 'x' is not a port"), exitCode: 64,
                text: "sparring: --port: 'x' is not a port"),
            Row(
                testDescription: "a wrong value in a file",
                error: Settings.Mistake(description: "sparring.yaml:1:7: 'x' is not a port"), exitCode: 64,
                text: "sparring.yaml:1:7: 'x' is not a port"),
            Row(testDescription: "an exit code alone", error: ExitCode(7), exitCode: 7, text: ""),
        ])
    func ends(row: Row) {
        let end = CommandEnd(row.error)
        #expect(end.exitCode == row.exitCode)
        #expect(end.text == row.text)
        #expect(!end.isAnswer || row.exitCode == 0)
        #expect(!end.isReaderGone)
    }

    @Test("Help is an answer and wrong usage is an error", arguments: [(["--help"], true), (["--nope"], false)])
    func parsing(arguments: [String], isAnswer: Bool) throws {
        let error = #expect(throws: (any Error).self) {
            var command = try SparringCommand.parseAsRoot(arguments)
            try command.run()
        }
        let end = CommandEnd(try #require(error))
        #expect(end.isAnswer == isAnswer)
        #expect(end.exitCode == (isAnswer ? 0 : 64))
        #expect(!end.text.isEmpty)
        #expect(end.text.hasPrefix("sparring: ") != isAnswer, "all errors begin alike: \(end.text)")
    }
}
