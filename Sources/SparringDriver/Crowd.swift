package import SparringConformance
import SparringExchange
package import SparringScenario
import SparringWire

/// Lets many callers meet the same, each in a session of its own, and looks at what the client does.
package struct Crowd: Sendable {
    private let driver: any Driver
    private let server: CaseServer
    /// Callers that are under way at once: what they go through does not depend on it, as each has a server to itself.
    private let jobs: Int

    package init(driver: any Driver, server: CaseServer, jobs: Int) {
        self.driver = driver
        self.server = server
        self.jobs = jobs
    }

    /// How long a caller may take. Longer than a client waits by default, shorter than a person.
    private static let patience = Duration.seconds(90)

    /// - Parameter id: of what they meet; callers of one id differ by their number.
    /// - Throws: where the client cannot be driven.
    package func meet(
        _ scenario: Scenario, id: String, callers count: Int
    ) async throws(LaunchError) -> Population {
        let subject = Case.open(id, scenario: scenario, timeout: Self.patience)
        var callers: [Caller] = []
        var failure: LaunchError?
        await withTaskGroup(of: Result<Caller, LaunchError>.self) { group in
            var next = 1
            func addNext() {
                guard next <= count, failure == nil, !Task.isCancelled else { return }
                let session = server.open(subject, round: next)
                next += 1
                group.addTask { await call(session) }
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
        return Population(callers)
    }

    private func call(_ session: CaseSession) async -> Result<Caller, LaunchError> {
        do throws(LaunchError) {
            let run = try await CaseRun.play(session, through: driver, on: server, hello: nil)
            return .success(Caller(run.observation))
        } catch {
            return .failure(error)
        }
    }
}

extension Caller {
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

extension Observation {
    /// Whether the call succeeded, as the client says: by its outcome, or by its exit code.
    fileprivate var isAnswered: Bool { outcome?.isOK ?? (ending == .exited(0)) }
}
