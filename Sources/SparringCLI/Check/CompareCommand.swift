import ArgumentParser
import SparringReport

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Show the changes between two runs.",
        discussion: """
              sparring compare before.jsonl after.jsonl

            The exit code is 1 if a case has a worse verdict than before, 0 otherwise. A pass is better than \
            unobserved or skipped, and these are better than a failure.
            """)

    @Argument(help: ArgumentHelp("The log of the earlier run.", valueName: "before.jsonl"), completion: .file())
    var before: String
    @Argument(help: ArgumentHelp("The log of the later run.", valueName: "after.jsonl"), completion: .file())
    var after: String

    func run() throws {
        let comparison = Comparison(try RunFiles.read(before), try RunFiles.read(after))
        try StandardOutput.write(comparison.lines.joined(separator: "\n") + "\n")
        if comparison.isWorse { throw ExitCode.failure }
    }
}
