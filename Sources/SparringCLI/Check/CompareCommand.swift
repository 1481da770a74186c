import ArgumentParser
import SparringReport

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Say what changed between two runs.",
        discussion: """
              sparring compare before.jsonl after.jsonl

            Exit code 1 where a case came out worse than before, 0 otherwise. Held is better than unobserved, unobserved better than
            broken.
            """)

    @Argument(help: ArgumentHelp("The log of the run before.", valueName: "before.jsonl")) var before: String
    @Argument(help: ArgumentHelp("The log of the run after.", valueName: "after.jsonl")) var after: String

    func run() throws {
        let comparison = Comparison(try RunFiles.read(before), try RunFiles.read(after))
        try StandardOutput.write(comparison.lines.joined(separator: "\n") + "\n")
        if comparison.isWorse { throw ExitCode.failure }
    }
}
