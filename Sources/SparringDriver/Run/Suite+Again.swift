import SparringConformance
import SparringExchange

/// What a run left open is played again, alone.
extension Suite {
    /// How often a case is played whose verdict our own lateness leaves open: together with others, then alone.
    private static let rounds = 6
    /// How long a calm moment is waited for before a case is played alone.
    private static let patience = Duration.seconds(5)

    /// - Returns: the same runs, with the latest of each case that was open. What is open after the last round stays so.
    func settled(
        _ runs: [CaseRun], on server: CaseServer, hello: Duration, _ claims: ClientCapabilities,
        _ tell: (RunEvent) -> Void
    ) async throws(LaunchError) -> [CaseRun] {
        var runs = runs
        for round in 2...Self.rounds {
            let open = runs.indices.filter { isOpen(runs[$0], among: runs) }
            if open.isEmpty || Task.isCancelled { break }
            // What others do to this machine may have begun after the first conversation.
            let hello = max(hello, try await pace(round: round, on: server, claims))
            for index in open where !Task.isCancelled {
                await LatenessProbe.calm(within: Self.patience)
                runs[index] = try await alone(
                    runs[index].session.subject, round: round, on: server, hello: hello, claims, tell)
            }
        }
        return runs
    }

    /// What a plain conversation takes now. It is a yardstick and no case: nothing is told of it.
    private func pace(round: Int, on server: CaseServer, _ claims: ClientCapabilities) async throws(LaunchError)
        -> Duration
    {
        let session = server.open(sanity, round: round)
        return try await CaseRun.play(session, through: driver, on: server, hello: nil, claims: claims).duration
    }

    /// Our own lateness left a question open; the client was too late among others, who took the machine from it; a driver ended with
    /// several cases in flight, and which of them ended it shows when each is played alone; a driver that keeps connections found one that
    /// another case had broken, and never came; or a stray could be of another case that ran beside it.
    private func isOpen(_ run: CaseRun, among runs: [CaseRun]) -> Bool {
        if run.verdict == .inconclusive { return true }
        if run.session.round == 1 {
            if driver.isShared, run.observation.ending.isAbrupt { return true }
            if driver.isShared, run.verdict.isBad, run.observation.attempts.isEmpty { return true }
            if run.checks.contains(where: \.isTooLate) { return true }
        }
        return !run.observation.strays.isEmpty
            && runs.contains { other in
                other.session.token != run.session.token && other.span.start <= run.span.end
                    && run.span.start <= other.span.end
            }
    }
}

extension Check {
    fileprivate var isTooLate: Bool { isUpperTimeBound && (verdict.isBad || verdict == .warn) }
}
