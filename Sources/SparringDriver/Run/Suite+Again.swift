import SparringConformance
import SparringExchange

/// Plays undecided cases again, one at a time.
extension Suite {
    /// The maximum number of rounds of a case that stays undecided because the machine was late: first together
    /// with others, then alone.
    private static let rounds = 6
    /// The longest wait for a calm moment before a case is played alone.
    private static let patience = Duration.seconds(5)

    /// - Returns: the runs, with the latest run of each undecided case. After the last round, a case may still be
    ///   undecided.
    func settled(
        _ runs: [CaseRun], on server: CaseServer, hello: Duration, _ claims: ClientCapabilities,
        _ tell: (RunEvent) -> Void
    ) async throws(LaunchError) -> [CaseRun] {
        var runs = runs
        for round in 2...Self.rounds {
            let open = runs.indices.filter { isOpen(runs[$0], among: runs) }
            if open.isEmpty || Task.isCancelled { break }
            // Other programs may have made the machine busy since the first conversation.
            let hello = max(hello, try await pace(round: round, on: server, claims))
            for index in open where !Task.isCancelled {
                await LatenessProbe.calm(within: Self.patience)
                runs[index] = try await alone(
                    runs[index].session.subject, round: round, on: server, hello: hello, claims, tell)
            }
        }
        return runs
    }

    /// The plain call at the end of a run. If this call ends too late, it is made once more at a calm moment, with a limit that allows the
    /// time that a plain conversation takes at that moment: a busy machine may have delayed it.
    func lastCall(
        on server: CaseServer, hello: Duration, _ claims: ClientCapabilities, _ tell: (RunEvent) -> Void
    ) async throws(LaunchError) -> CaseRun {
        let last = try await alone(sanity, round: 2, on: server, hello: hello, claims, tell)
        guard last.verdict == .timeout || last.verdict == .inconclusive, !Task.isCancelled else { return last }
        await LatenessProbe.calm(within: Self.patience)
        let hello = max(hello, try await pace(round: 3, on: server, claims))
        return try await alone(sanity, round: 3, on: server, hello: hello, claims, tell)
    }

    /// The current duration of a plain conversation. This conversation is a measurement, not a case, and is not reported.
    private func pace(round: Int, on server: CaseServer, _ claims: ClientCapabilities) async throws(LaunchError)
        -> Duration
    {
        let session = server.open(sanity, round: round)
        return try await CaseRun.play(session, through: driver, on: server, hello: nil, claims: claims).duration
    }

    /// Whether to play a case again. The reason may be: the machine was late; the client was late while other cases ran; a driver ended
    /// while it played several cases; a driver reused a connection that another case had broken; or a stray request may belong to a case
    /// that ran at the same time.
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
