package import SparringConformance
package import SparringExchange
import SparringScenario

/// A case after it was played and graded.
package struct CaseRun: Sendable {
    package var session: CaseSession
    package var observation: Observation
    package var checks: [Check]
    /// The time from the program's start to the end of the program and of its last exchange.
    package var span: (start: Moment, end: Moment)
    /// Whether the run was interrupted before the client ended. If the run was interrupted, the case has no verdict.
    package var isInterrupted = false

    /// How the client ended, in words.
    package var ending: String { observation.ending.words }
    package var verdict: Verdict { Verdict(of: checks) }
    package var duration: Duration { span.end - span.start }

    /// - Parameters:
    ///   - hello: the duration of the sanity case on this machine; nil before it has run.
    ///   - claims: the known features of the client.
    /// - Throws: `LaunchError` if the client cannot be run.
    package static func play(
        _ session: CaseSession, through driver: any Driver, on server: CaseServer, hello: Duration?,
        claims: ClientCapabilities = ClientCapabilities()
    ) async throws(LaunchError) -> CaseRun {
        let session = try await server.admit(session)
        let start = server.now
        let clock = Timekeeper(session: session, start: start, hello: hello)
        let (result, lateness) = await LatenessProbe.during(clock: { session.now }) {
            () async -> Result<DriverResult, LaunchError> in
            do throws(LaunchError) {
                let played = try await driver.play(session) { await clock.deadline() }
                await session.rest(for: session.subject.expectation.longestStay)
                return .success(played)
            } catch {
                return .failure(error)
            }
        }
        let isInterrupted = Task.isCancelled
        let end = server.now
        await session.close()
        let played = try result.get()
        let observation = Observation(
            session: session.token, exchanges: session.exchanges, strays: server.strays(from: start, to: end),
            leftOver: session.leftOver, ending: played.ending, outcome: played.outcome,
            standardOutput: played.standardOutput, standardError: played.standardError, lateness: lateness,
            isOpen: claims.shows.contains(session.subject.task.operation), isUnfinished: !session.isIdle)
        // The next case has the same session, so an unfinished answer must not count for the next case.
        if server.isolation.isSerial, observation.isUnfinished { await session.rest(for: .seconds(60)) }
        var run = CaseRun(session: session, observation: observation, span: (start, end))
        run.isInterrupted = isInterrupted
        return run
    }

    /// Grades a case whose client was started by hand, using only its exchanges.
    package static func byHand(_ session: CaseSession, on server: CaseServer) async -> CaseRun {
        await session.rest()
        let exchanges = session.exchanges
        let observation = Observation(
            session: session.token, exchanges: exchanges, leftOver: session.leftOver, ending: .unseen)
        let start = exchanges.first?.startedAt ?? server.now
        return CaseRun(session: session, observation: observation, span: (start, server.now))
    }

    init(session: CaseSession, observation: Observation, span: (start: Moment, end: Moment)) {
        self.session = session
        self.observation = observation
        self.span = span
        checks = Grading.checks(of: session.subject, seeing: observation)
    }

    /// The same run of the case, with the requests that arrived after the case's end as strays; nil without such requests.
    func amended() -> CaseRun? {
        let known = Set(observation.exchanges.map(\.number))
        let late = session.exchanges.filter { !$0.decision.isAuxiliary && !known.contains($0.number) }
        guard !late.isEmpty else { return nil }
        var observation = observation
        observation.strays += late.map { "late: \($0.words)" }
        return CaseRun(session: session, observation: observation, span: span)
    }
}

/// The deadlines of a case: one for its first request, and one after that request.
private struct Timekeeper: Sendable {
    let session: CaseSession
    let start: Moment
    let hello: Duration?

    /// Returns when the time is over, or when the task is cancelled.
    func deadline() async -> String {
        let patience = Deadline.untilFirstRequest(of: session.subject, hello: hello)
        while !Task.isCancelled {
            let left =
                session.firstUsed.map {
                    Deadline.afterFirstRequest(of: session.subject, hello: hello ?? Deadline.slowest)
                        - (session.now - $0)
                }
                ?? patience - (session.now - start)
            if left <= .zero { break }
            // Until the first request, the deadline may change.
            try? await Task.sleep(for: session.firstUsed == nil ? min(left, .milliseconds(50)) : left)
        }
        let attempts = session.exchanges.filter { !$0.decision.isAuxiliary }
        return session.isIdle
            ? "waiting for request \(attempts.count + 1)" : "with request \(attempts.count + 1) unanswered"
    }
}

extension CaseSession {
    /// Returns when the last exchange has ended. The last exchange is expected to end soon, because the program has ended or has finished
    /// its call.
    /// - Parameter patience: the longest wait.
    fileprivate func rest(for patience: Duration = .seconds(5)) async {
        let latest = now
        while !isIdle, now - latest < patience { try? await Task.sleep(for: .milliseconds(5)) }
    }
}

extension Expectation {
    /// How long to wait for the end of exchanges after the call. This time includes the time within which a client must disconnect.
    fileprivate var longestStay: Duration {
        max(.seconds(5), (disconnects.map(\.within).max() ?? .zero) + .seconds(2))
    }
}
