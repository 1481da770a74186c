import ArgumentParser
import Foundation
import Sparring
import SparringDriver
import SparringEngine

struct Run: AsyncParsableCommand, RunsProgram {
    static let configuration = CommandConfiguration(
        abstract: "Run a program against a server of its own, and grade the run.",
        usage: "sparring run [SCENARIO ...] [OPTIONS] -- COMMAND [ARGUMENT ...]",
        discussion: """
            The server takes a free port. The program finds it through OPENAI_BASE_URL and OPENAI_API_KEY, as every official client
            reads them. Its exit code is passed on; where it passed but a request went unmatched, a step was left over or a fault
            could not be delivered, the exit code is 1.

              sparring run two-rate-limits -- python app.py
              sparring run --json hello -- node app.mjs
            """)

    @Argument(help: ArgumentHelp("Names of built-in scenarios, or paths.", valueName: "scenario"))
    var scenarios: [String] = []

    /// The program and its arguments: what follows `--`, which `CommandLineTool` has set aside.
    var command: [String] = []

    @OptionGroup var server: ServerOptions

    @Flag(help: "Report as one JSON object on one line of standard error.")
    var json = false

    private enum CodingKeys: CodingKey {
        case scenarios
        case server
        case json
    }

    func run() async throws {
        throw ExitCode(try await grade())
    }

    private func grade() async throws -> Int32 {
        guard !command.isEmpty else {
            throw CommandError("no program to run: sparring run SCENARIO -- python app.py", .usage)
        }
        let settings = try Settings(flags: server.flags, defaultPort: 0)
        let signals = Signals()
        let log = signals.log()
        let live = try await LiveServer.start(
            ScenarioFiles.load(scenarios), settings: settings, exchangesPerSession: 10_000, log: log)
        let ending = await Supervision.of(
            command, environment: live.environment, until: signals)
        signals.exitOnNext()
        let isComplete = await live.stop()
        signals.keepUntilHere()
        try log.check()
        switch ending {
        case .clientUnavailable(let reason): throw CommandError("\(reason)", .clientUnavailable)
        case .interrupted(let signal): return 128 + signal
        case .ended(let status):
            let report = RunReport(live.server.engine)
            if json {
                try StandardError.write(report.json(baseURL: live.server.baseURL, childExit: status.exitCode) + "\n")
            } else if !settings.isQuiet || !report.held {
                try StandardError.write(report.lines(childExit: status.exitCode).joined(separator: "\n") + "\n")
            }
            guard status.exitCode == 0 else { return status.exitCode }
            return report.held ? (isComplete ? 0 : ExitCode.ioError.rawValue) : 1
        }
    }
}
