import ArgumentParser
import Foundation
import SparringDriver

/// The root of the command line.
struct SparringCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sparring",
        abstract: "A mock OpenAI server that fails on demand, and a test kit for clients of the API.",
        discussion: """
            Point any OpenAI client at localhost, and test how it handles failures:

              sparring serve                    answer every request, on port 8080
              sparring serve two-rate-limits    play a built-in scenario
              sparring run two-rate-limits -- python app.py
                                                run a program against a scenario
              sparring check -- python app.py   grade a program, case by case

            The program under test always follows --. `sparring scenarios` lists the built-in scenarios.
            """,
        version: Version.text,
        subcommands: [
            Serve.self, Run.self, CheckCommand.self, CasesCommand.self, DriverCommand.self, InitCommand.self,
            Record.self, Replay.self, ViewCommand.self,
            CassetteCommand.self,
            Scenarios.self, Lint.self, Explain.self, ReportCommand.self, CompareCommand.self, TokensCommand.self,
            Faults.self, ErrorsCommand.self, OpenAPICommand.self, SchemaCommand.self, Shrink.self, Health.self,
            StatusCommand.self, Config.self, CleanupCommand.self, GatewayCommand.self,
        ]
    )
}

/// The whole program. The executable target only calls this type.
public enum CommandLineTool {
    /// Runs the command of the process's arguments, and ends the process if it fails.
    ///
    /// The function is not on the main actor, because every call into the server would then need a hop. The arguments after the
    /// first `--` are the program under test. These arguments are removed before parsing, so that the program's flags are not read
    /// as Sparring's.
    @concurrent public static func main() async {
        // If SIGPIPE is ignored, a write to a pipe without a reader fails with an error, and the command can clean up.
        signal(SIGPIPE, SIG_IGN)
        let arguments = CommandLine.arguments.dropFirst()
        let own = arguments.prefix { $0 != "--" }
        let program = Array(arguments.dropFirst(own.count + 1))
        do {
            try DidYouMean.checkSubcommands(Array(own), of: SparringCommand.self)
            var command = try SparringCommand.parseAsRoot(Array(own))
            if var runner = command as? any ParsableCommand & RunsProgram {
                runner.command = program
                command = runner
            } else if own.count < arguments.count {
                throw ValidationError(
                    "only `run`, `check`, `gateway check`, `init`, `driver check`, `shrink`, `record` and `replay` take a program after --"
                )
            }
            for line in UnknownVariables(ProcessInfo.processInfo.environment).misspelt {
                try StandardError.write(line + "\n")
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
            CommandEnd(error, arguments: Array(arguments)).exit()
        }
    }
}
