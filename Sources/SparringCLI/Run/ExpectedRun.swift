import Sparring
import SparringConformance
import SparringDriver
import SparringEngine
import SparringExchange
import SparringScenario

/// A run of a program, with the scenario's expectations.
struct ExpectedRun {
    private let name: String
    /// Nil if the scenario has no expectations.
    private let expectation: Expectation?
    /// The program's output, if the output is judged. If the output is not judged, the program writes directly to the streams of this
    /// process.
    private let output: ProgramOutput?

    init(_ scenario: SparringScenario.Scenario) throws(LaunchError) {
        name = scenario.name
        expectation = scenario.expectation
        output = expectation?.isOfProgram == true ? try ProgramOutput() : nil
    }

    /// Whether the scenario may expect a program to fail. If so, the program's exit code is judged, and is not used as the exit code of
    /// this command.
    var allowsFailure: Bool { expectation?.exit == .nonzero || expectation?.exit == .any }

    /// - Parameters:
    ///   - environment: the server's address, for the program.
    ///   - clock: the clock of the server's timestamps.
    /// - Returns: how the program ended, and the periods in which this machine was late.
    func play(
        _ command: [String], environment: [String: String], clock: @escaping @Sendable () -> Moment,
        until signals: Signals
    ) async -> (Supervision, [Lateness]) {
        guard expectation != nil else {
            return (await Supervision.of(command, environment: environment, until: signals), [])
        }
        return await LatenessProbe.during(clock: clock) {
            await Supervision.of(command, environment: environment, until: signals, through: output)
        }
    }

    /// - Returns: nil if the scenario has no expectations.
    /// - Throws: `CommandError` if the program's last line looks like an outcome, but is not a valid outcome.
    func verdict(
        on report: RunReport, status: ChildProcess.Status, lateness: [Lateness]
    ) async throws -> ScenarioVerdict? {
        guard let expectation else { return nil }
        let texts = await output?.texts()
        let outcome: Outcome?
        do { outcome = try Outcome.printed(in: texts?.standardOutput ?? "") } catch {
            throw CommandError("the last line of the program's output: \(error)", .clientUnavailable)
        }
        let ending: Observation.Ending =
            switch status {
            case .exited(let code): .exited(code)
            case .signalled(let signal): .signalled(signal)
            }
        let observation = Observation(
            session: RequestAddress.defaultName, exchanges: report.exchanges, ending: ending, outcome: outcome,
            standardOutput: texts?.standardOutput ?? "", standardError: texts?.standardError ?? "", lateness: lateness)
        return ScenarioVerdict(expectation, of: name, seeing: observation)
    }
}
