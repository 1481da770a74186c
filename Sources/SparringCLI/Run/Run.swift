import ArgumentParser
import Foundation
import Sparring
import SparringConformance
import SparringDriver
import SparringEngine
import SparringReport

struct Run: AsyncParsableCommand, RunsProgram {
    static let configuration = CommandConfiguration(
        abstract: "Run a program against a server that plays a scenario.",
        usage: "sparring run [SCENARIO ...] [OPTIONS] -- COMMAND [ARGUMENT ...]",
        discussion: """
            The server listens on a free port. The program gets the server's address in OPENAI_BASE_URL and the key in \
            OPENAI_API_KEY, which every official client reads.

            The exit code is the program's exit code. If the program ends with 0, but a request matched no step, a \
            step was left over, a fault had no effect or the scenario's `expect` is not met, the exit code is 1. With \
            `expect: { exit: nonzero }` a program that fails as expected gives 0.

              sparring run two-rate-limits -- python app.py
              sparring run --json hello -- node app.mjs
              sparring run chaos/flaky --report run.html -- python app.py
            """)

    @Argument(
        help: ArgumentHelp("Names of built-in scenarios, or paths.", valueName: "scenario"), completion: .scenarioFile)
    var scenarios: [String] = []

    /// The program and its arguments, which follow `--`; `CommandLineTool` sets them.
    var command: [String] = []

    @OptionGroup var server: ServerOptions
    @OptionGroup var page: ReportOptions

    @Flag(help: "Print the report as one line of JSON on standard error.")
    var json = false

    private enum CodingKeys: CodingKey {
        case scenarios
        case server
        case page
        case json
    }

    func run() async throws {
        throw ExitCode(try await grade())
    }

    private func grade() async throws -> Int32 {
        guard !command.isEmpty else {
            throw CommandError("no program to run; name it after --: \(Self.guess(scenarios))", .usage)
        }
        let settings = try Settings(flags: server.flags.merging(page.flags) { $1 }, defaultPort: 0)
        let signals = Signals()
        let log = signals.log()
        let scenario = try ScenarioFiles.load(scenarios)
        let expected = try ExpectedRun(scenario.resolved())
        let page = try PageFile(settings)
        let live = try await LiveServer.start(
            scenario, settings: settings, exchangesPerSession: 10_000, log: log,
            sinks: page.map { [$0.sink] } ?? [])
        let (ending, lateness) = await expected.play(
            command, environment: live.environment, clock: { live.server.now }, until: signals)
        signals.exitOnNext()
        let isComplete = await live.stop()
        let code = try await finish(
            ending, of: live, expected, lateness, isComplete: isComplete, isQuiet: settings.isQuiet)
        try page?.write(live.server)
        signals.keepUntilHere()
        try log.check()
        return code
    }

    /// Prints the report if it is wanted.
    /// - Parameter isComplete: whether the journal has every exchange.
    /// - Returns: the exit code.
    private func finish(
        _ ending: Supervision, of live: LiveServer, _ expected: ExpectedRun, _ lateness: [Lateness], isComplete: Bool,
        isQuiet: Bool
    ) async throws -> Int32 {
        switch ending {
        case .clientUnavailable(let reason): throw CommandError("\(reason)", .clientUnavailable)
        case .interrupted(let signal):
            if !isQuiet { try report(RunReport(live.server.engine), of: live, code: nil, verdict: nil) }
            return 128 + signal
        case .ended(let status):
            let report = RunReport(live.server.engine)
            let verdict = try await expected.verdict(on: report, status: status, lateness: lateness)
            let holds = report.held && verdict?.holds ?? true
            let code = status.exitCode
            if json || !isQuiet || !holds { try self.report(report, of: live, code: code, verdict: verdict) }
            guard code == 0 || expected.allowsFailure else { return code }
            return holds ? (isComplete ? 0 : ExitCode.ioError.rawValue) : 1
        }
    }

    /// - Parameters:
    ///   - code: the exit code of the program; nil if a signal ended the run before the program.
    ///   - verdict: the verdict on the scenario's expectations; nil if it has no expectations, or if the run was interrupted.
    private func report(
        _ report: RunReport, of live: LiveServer, code: Int32?, verdict: ScenarioVerdict?
    ) throws {
        let reproduction = Reproduction(scenarios: scenarios, flags: server.flags, command: command)
        let text =
            json
            ? report.json(baseURL: live.server.baseURL, childExit: code, verdict: verdict)
            : report.lines(childExit: code, verdict: verdict, reproduction: reproduction).joined(separator: "\n")
        try StandardError.write(text + "\n")
    }

    /// The command that the user may have meant. The program begins at the first word that is not a scenario.
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
