import ArgumentParser
import Sparring
import SparringConformance
import SparringDriver
import SparringJSON
import SparringReport
import SparringScenario

/// `check --population`: shows how many callers behave together. A single call does not show this.
struct LoadRunCommand {
    let command: [String]
    let settings: Settings

    /// A server that always fails, and gives no time to wait before a retry.
    private static let outage = """
        schema: 1
        scenario: outage
        rules:
          - then: last
            steps: [{ error: server_error }]
        """

    func run() async throws -> ExitCode {
        let signals = Signals()
        let log = signals.log()
        let (live, server) = try await LiveServer.startForCases(settings, log: log)
        let trust = live.trust
        let work = Task { () -> Result<LoadRunReport?, LaunchError> in
            do throws(LaunchError) { return .success(try await report(on: server, trust: trust)) } catch {
                return .failure(error)
            }
        }
        signals.onFirst { work.cancel() }
        let result = await work.value
        let isComplete = await live.stop()
        signals.keepUntilHere()
        try log.check()
        switch result {
        case .failure(let error): throw CommandError("\(error)", .clientUnavailable)
        case .success(nil): return .interrupted
        case .success(let report?):
            try StandardOutput.write(settings.format == .json ? report.json.text() + "\n" : report.text)
            return isComplete ? .success : .ioError
        }
    }

    /// - Returns: nil if the run was interrupted.
    private func report(
        on server: CaseServer, trust: [String: String]
    ) async throws(LaunchError) -> LoadRunReport? {
        let client = try await ClientUnderTest.start(
            command, isDriver: settings.isDriver, mostRestarts: settings.callers, trust: trust)
        let crowd = LoadRun(driver: client.driver, server: server, jobs: settings.jobs ?? client.concurrency)
        let calm = try await crowd.meet(scenario(.auto), id: "crowd.calm", callers: settings.callers)
        guard calm.answered > 0 || Task.isCancelled else {
            throw LaunchError(
                description: "none of the \(settings.callers) callers got an answer from a server without faults")
        }
        let outage = try await crowd.meet(
            scenario(MockScenario(yaml: Self.outage, file: "outage")), id: "crowd.outage",
            callers: settings.callers)
        var parts: [LoadRunReport.Part] = []
        for name in BuiltIn.names where name.hasPrefix("chaos/") && !Task.isCancelled {
            let met = try await crowd.meet(
                scenario(MockScenario(named: name)), id: "crowd.\(name)", callers: settings.callers)
            parts.append(LoadRunReport.Part(name: name, population: met))
        }
        await client.stop()
        return Task.isCancelled ? nil : LoadRunReport(outage: outage, calm: calm, profiles: parts)
    }

    private func scenario(_ source: MockScenario) throws(LaunchError) -> SparringScenario.Scenario {
        do { return try source.resolved() } catch {
            throw LaunchError(description: "a built-in scenario cannot be read: \(error)")
        }
    }
}
