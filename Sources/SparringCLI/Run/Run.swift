import ArgumentParser
import Foundation
import Sparring
import SparringDriver
import SparringEngine
import SparringReport

struct Run: AsyncParsableCommand, RunsProgram {
    static let configuration = CommandConfiguration(
        abstract: "Run a program against a server that plays a scenario.",
        usage: "sparring run [SCENARIO ...] [OPTIONS] -- COMMAND [ARGUMENT ...]",
        discussion: """
            The server listens on a free port. The program gets its address in OPENAI_BASE_URL and the key in \
            OPENAI_API_KEY, which every official client reads.

            The exit code is that of the program. If the program ends with 0, but a request matched no step, a step \
            was left over or a fault had no effect, the exit code is 1.

              sparring run two-rate-limits -- python app.py
              sparring run --json hello -- node app.mjs
            """)

    @Argument(help: ArgumentHelp("Names of built-in scenarios, or paths.", valueName: "scenario"))
    var scenarios: [String] = []

    /// The program and its arguments, which follow `--`; `CommandLineTool` sets them.
    var command: [String] = []

    @OptionGroup var server: ServerOptions

    @Flag(help: "Print the report as one line of JSON on standard error.")
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
            throw CommandError("no program to run; it follows --: \(Self.guess(scenarios))", .usage)
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
        case .interrupted(let signal):
            if !settings.isQuiet { try report(RunReport(live.server.engine), live, nil) }
            return 128 + signal
        case .ended(let status):
            let report = RunReport(live.server.engine)
            if json || !settings.isQuiet || !report.held { try self.report(report, live, status.exitCode) }
            guard status.exitCode == 0 else { return status.exitCode }
            return report.held ? (isComplete ? 0 : ExitCode.ioError.rawValue) : 1
        }
    }

    /// - Parameter childExit: nil if a signal ended the run before the program.
    private func report(_ report: RunReport, _ live: LiveServer, _ childExit: Int32?) throws {
        let text =
            json
            ? report.json(baseURL: live.server.baseURL, childExit: childExit)
            : report.lines(childExit: childExit, names: scenarios).joined(separator: "\n")
        try StandardError.write(text + "\n")
    }

    /// The command as the user may have meant it: the words from the first one that is no scenario are the program.
    static func guess(_ words: [String]) -> String {
        let scenarios = words.prefix { (try? ScenarioFiles.scenario($0).resolved()) != nil }
        let program = words.dropFirst(scenarios.count)
        guard !program.isEmpty else {
            return Shell.line(
                ["sparring", "run"] + (words.isEmpty ? ["SCENARIO"] : words) + ["--", "python", "app.py"])
        }
        return Shell.line(["sparring", "run"] + scenarios + ["--"] + program)
    }
}
