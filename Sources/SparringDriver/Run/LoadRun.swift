package import SparringConformance
import SparringExchange
package import SparringScenario
import SparringWire

/// Runs many callers against the same scenario, each in its own session, and measures the client's behaviour.
package struct LoadRun: Sendable {
    private let driver: any Driver
    private let server: CaseServer
    /// The number of callers that run at the same time. This number does not change the results, because each caller has its own session.
    private let jobs: Int

    package init(driver: any Driver, server: CaseServer, jobs: Int) {
        self.driver = driver
        self.server = server
        self.jobs = jobs
    }

    /// The deadline that a driver gets for a call.
    private static let limit = Duration.seconds(20)
    /// The time after which a caller that has not ended is stopped.
    private static let patience = Duration.seconds(60)
    /// The maximum number of repetitions of a call that was lost because another caller of the same driver had to be
    /// stopped.
    private static let tries = 5

    /// - Parameter id: the id of the scenario. The ids of the scenario's callers differ by their numbers.
    /// - Throws: `LaunchError` if the client cannot be run.
    package func meet(
        _ scenario: Scenario, id: String, callers count: Int
    ) async throws(LaunchError) -> CallerStatistics {
        var callers: [CallerResult] = []
        var failure: LaunchError?
        await withTaskGroup(of: Result<CallerResult, LaunchError>.self) { group in
            var next = 1
            func addNext() {
                guard next <= count, failure == nil, !Task.isCancelled else { return }
                // Chaos windows are open only part of the time, so the callers start evenly spread over a whole cycle.
                let begun = scenario.begun(after: scenario.cycle * (next - 1) / count)
                let subject = Case.open(id, scenario: begun, limit: Self.limit, timeout: Self.patience)
                let number = next
                next += 1
                group.addTask { await call(subject, number) }
            }
            for _ in 0..<jobs { addNext() }
            for await result in group {
                switch result {
                case .success(let caller): callers.append(caller)
                case .failure(let error): failure = error
                }
                addNext()
            }
        }
        if let failure { throw failure }
        return CallerStatistics(callers)
    }

    private func call(_ subject: Case, _ number: Int) async -> Result<CallerResult, LaunchError> {
        do throws(LaunchError) {
            for attempt in 0..<Self.tries {
                let session = server.open(subject, round: number + attempt * 1_000_000)
                let run = try await CaseRun.play(session, through: driver, on: server, hello: nil)
                if case .lost = run.observation.ending { continue }
                return .success(CallerResult(run.observation))
            }
            throw LaunchError(description: "\(subject.id): the driver ended or hung each time with caller \(number)")
        } catch {
            return .failure(error)
        }
    }
}

extension CallerResult {
    init(_ seen: Observation) {
        let attempts = seen.attempts
        let isAnswered = seen.isAnswered
        let tokens = attempts.map { ($0.decision.usage?.input ?? 0) + ($0.decision.usage?.output ?? 0) }
        let all = tokens.reduce(0, +)
        let start = attempts.first.map { $0.arrivedAt ?? $0.startedAt }
        let end = attempts.compactMap(\.leftAt).max()
        self.init(
            attempts: attempts.count,
            gaps: (1..<max(1, attempts.count)).compactMap { seen.gap(from: $0, to: $0 + 1)?.duration },
            isAnswered: isAnswered, latency: start.flatMap { start in end.map { $0 - start } } ?? .zero, tokens: all,
            wastedTokens: isAnswered ? all - (tokens.last ?? 0) : all)
    }
}

extension Scenario {
    /// The time of one cycle of the scenario's chaos windows, or the time until these windows are over.
    fileprivate var cycle: Duration {
        (chaos?.windows ?? []).map { $0.every ?? $0.from + $0.length }.max() ?? .zero
    }

    /// The scenario for a session that began some time ago.
    fileprivate func begun(after time: Duration) -> Scenario {
        var scenario = self
        for place in (chaos?.windows ?? []).indices { scenario.chaos?.windows[place].from -= time }
        return scenario
    }
}

extension Observation {
    /// Whether the call succeeded, according to the client's outcome or its exit code.
    fileprivate var isAnswered: Bool { outcome?.isOK ?? (ending == .exited(0)) }
}
