import ArgumentParser
import Foundation
import SparringDriver

/// The root of the command line.
struct SparringCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sparring",
        abstract: "A mock OpenAI server that hits on cue.",
        discussion: """
            Point any OpenAI client at localhost and watch how it holds up:

              sparring serve                                    answers everything, on http://127.0.0.1:8080/v1
              sparring serve two-rate-limits                    answers by a built-in scenario
              sparring run two-rate-limits -- python app.py     runs a program against it
              sparring check -- python app.py                   grades a program, case by case

            The program under test always follows --. `sparring scenarios` lists what is built in.
            """,
        version: Version.text,
        subcommands: [
            Serve.self, Run.self, CheckCommand.self, CasesCommand.self, DriverCommand.self, InitCommand.self,
            Record.self, Replay.self,
            CassetteCommand.self,
            Scenarios.self, Lint.self, Explain.self, ReportCommand.self, CompareCommand.self, TokensCommand.self,
            Faults.self, ErrorsCommand.self, SchemaCommand.self, Shrink.self, Health.self,
            Config.self, CleanupCommand.self,
        ]
    )
}

/// The whole program; the executable target is one line.
public enum CommandLineTool {
    /// Concurrent from the start: what runs on the main actor pays a hop for every call into the server.
    ///
    /// What follows the first `--` is the program under test, set aside before anything is parsed: its flags are its own.
    @concurrent public static func main() async {
        // A write to a pipe whose reader has gone then fails, and the command ends in order.
        signal(SIGPIPE, SIG_IGN)
        let arguments = CommandLine.arguments.dropFirst()
        let own = arguments.prefix { $0 != "--" }
        let program = Array(arguments.dropFirst(own.count + 1))
        do {
            try DidYouMean.checkSubcommands(Array(own))
            var command = try SparringCommand.parseAsRoot(Array(own))
            if var runner = command as? any ParsableCommand & RunsProgram {
                runner.command = program
                command = runner
            } else if own.count < arguments.count {
                throw ValidationError(
                    "only `run`, `check`, `init`, `driver check`, `shrink`, `record` and `replay` take a program after --"
                )
            }
            try await CleanupProcess.$current.withValue(CleanupCommand.process()) { [command] in
                var command = command
                if var command = command as? any AsyncParsableCommand {
                    try await command.run()
                } else {
                    try command.run()
                }
            }
        } catch {
            CommandEnd(error).exit()
        }
    }
}

/// A command that drives the program after `--`.
protocol RunsProgram {
    /// The program and its arguments.
    var command: [String] { get set }
}

/// The version of this build.
enum Version {
    static let text = "0.1.0"
}
