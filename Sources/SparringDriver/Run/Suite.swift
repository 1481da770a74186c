package import SparringConformance
import SparringExchange
import SparringScenario

/// Plays cases with a client. A plain conversation comes first and last.
///
/// An undecided case is played again alone. Everything is reported as events. The events of a case are reported
/// together.
package struct Suite: Sendable {
    package var cases: [Case]
    /// The plain conversation.
    package var sanity: Case
    /// Plain calls of every kind, which detect the features of the client.
    package var probes: [Case]
    /// Features to assume in addition to the detected ones.
    package var said: Set<Capability>
    package var driver: any Driver
    /// The number of cases that run at the same time.
    package var jobs: Int
    /// Whether a failed SHOULD fails the run.
    package var failsOnShould: Bool
    /// The expected failures.
    package var known: KnownFailures

    package init(
        cases: [Case], sanity: Case, probes: [Case] = [], said: Set<Capability> = [], driver: any Driver, jobs: Int,
        failsOnShould: Bool = false,
        known: KnownFailures = KnownFailures()
    ) {
        self.cases = cases
        self.sanity = sanity
        self.probes = probes
        self.said = said
        self.driver = driver
        self.jobs = jobs
        self.failsOnShould = failsOnShould
        self.known = known
    }

    /// The outcome of a run, with the reason if the cases do not show it.
    package struct Ending: Sendable {
        package var outcome: RunEvent.Outcome
        package var reason: String?
    }

    /// Plays the suite. Cancelling the task ends the run early.
    ///
    /// - Parameter tell: receives every event, in order.
    package func run(on server: CaseServer, tell: (RunEvent) -> Void) async -> Ending {
        do throws(LaunchError) {
            return try await play(on: server, tell)
        } catch {
            return Task.isCancelled
                ? Ending(outcome: .interrupted) : Ending(outcome: .undriven, reason: error.description)
        }
    }

    private func play(on server: CaseServer, _ tell: (RunEvent) -> Void) async throws(LaunchError) -> Ending {
        let start = server.now
        let asked = cases.filter { $0.id != sanity.id }
        let beginning = try await begin(asked, on: server, tell)
        let hello = beginning.run
        if Task.isCancelled { return Ending(outcome: .interrupted) }
        guard hello.verdict == .pass else {
            return Ending(
                outcome: .undriven,
                reason: "a plain call without faults fails (\(sanity.id))\(hello.likelyCause(on: server))")
        }
        var suite = self
        suite.sanity = beginning.call
        return try await suite.play(asked, after: beginning, since: start, on: server, tell)
    }

    /// Plays the rest of a run that has begun with a plain call.
    private func play(
        _ asked: [Case], after beginning: Beginning, since start: Moment, on server: CaseServer,
        _ tell: (RunEvent) -> Void
    ) async throws(LaunchError) -> Ending {
        let hello = beginning.run
        let claims = try await claims(for: asked, after: beginning, on: server, tell)
        let wanted = asked.filter { claims.missing(for: $0).isEmpty }
        for subject in asked {
            let missing = claims.missing(for: subject)
            if !missing.isEmpty { CaseRun.skipped(subject, missing: missing).forEach(tell) }
        }
        let usual = wanted.filter { !$0.isExclusive }
        var runs = try await together(usual, on: server, hello: hello.duration, claims, tell)
        for subject in wanted where subject.isExclusive && !Task.isCancelled {
            runs.append(try await alone(subject, round: 1, on: server, hello: hello.duration, claims, tell))
        }
        runs = try await settled(runs, on: server, hello: hello.duration, claims, tell)
        if Task.isCancelled { return Ending(outcome: .interrupted) }
        let last = try await lastCall(on: server, hello: hello.duration, claims, tell)
        // If cases share a session, all exchanges of the session belong to the last case.
        for (index, run) in runs.enumerated() where !server.isolation.isSerial {
            guard let amended = run.amended() else { continue }
            runs[index] = amended
            amended.events(after: run).forEach(tell)
        }
        if Task.isCancelled { return Ending(outcome: .interrupted) }
        let between = server.strays(from: start, to: server.now).count
        return ending(runs + [hello], last, strays: between, isSerial: server.isolation.isSerial, tell)
    }

    /// Detects the features of the client with one probe for each kind of call. A probe costs one process, and decides
    /// for many cases.
    private func claims(
        for cases: [Case], after beginning: Beginning, on server: CaseServer, _ tell: (RunEvent) -> Void
    ) async throws(LaunchError) -> ClientCapabilities {
        let hello = beginning.run
        var claims = ClientCapabilities(said: said, converses: beginning.probes.isEmpty)
        claims.learn(from: sanity, seeing: hello.observation)
        // A client with a fixed base URL cannot use the listener of a case.
        if server.isolation.isSerial { claims.said.remove(.tls) }
        var runs = beginning.probes
        if runs.isEmpty {
            let telling = probes(for: cases, on: server)
            runs = try await together(telling, on: server, hello: hello.duration, claims, tell)
        }
        for run in runs {
            claims.learn(from: run.session.subject, seeing: run.observation)
        }
        tell(.claims(claims))
        return claims
    }

    /// The reason why a run whose last plain call fails has no result.
    ///
    /// - Parameter isSerial: whether the calls go through one app or gateway that keeps running.
    static func unreliable(_ id: String, isSerial: Bool) -> String {
        "\(id) passed at the start of the run but failed at its end"
            + (isSerial
                ? "; the app keeps running, and may remember failures of earlier cases: switch off its circuit breaker or cooldown"
                : "")
    }

    private func ending(
        _ runs: [CaseRun], _ last: CaseRun, strays: Int, isSerial: Bool, _ tell: (RunEvent) -> Void
    ) -> Ending {
        let verdicts = runs.map(\.verdict)
        let standings = runs.map { run in
            let findings = known.findings(on: run)
            findings.forEach { tell(.known($0)) }
            return CaseStatus(
                verdict: run.verdict, checks: run.checks, findings: findings, failsOnShould: failsOnShould)
        }
        if verdicts.contains(.error) {
            return Ending(outcome: .broken, reason: "the server did not play a script correctly")
        }
        guard last.verdict == .pass else {
            return Ending(outcome: .unreliable, reason: Self.unreliable(sanity.id, isSerial: isSerial))
        }
        let seen = runs.map(\.observation.strays.count).reduce(0, +)
        if standings.contains(where: \.failsTheRun) {
            let stale = standings.count { if case .stale = $0 { true } else { false } }
            return Ending(
                outcome: .failed,
                reason: stale == 0 ? nil : "known failures that pass: \(stale); delete their lines")
        }
        if strays > seen {
            return Ending(outcome: .failed, reason: "\(strays - seen) requests belong to no case")
        }
        return Ending(outcome: .held)
    }

    // MARK: One case

    func alone(
        _ subject: Case, round: Int, on server: CaseServer, hello: Duration?, _ claims: ClientCapabilities,
        _ tell: (RunEvent) -> Void
    ) async throws(LaunchError) -> CaseRun {
        let session = server.open(subject, round: round)
        tell(.caseStart(RunEvent.CaseStart(subject, session: session.token, round: round)))
        let run = try await CaseRun.play(session, through: driver, on: server, hello: hello, claims: claims)
        if !run.isInterrupted { run.events.forEach(tell) }
        return run
    }

    /// Plays the cases, at most `jobs` at the same time, and returns them in the order in which they ended.
    func together(
        _ cases: [Case], on server: CaseServer, hello: Duration?, _ claims: ClientCapabilities,
        _ tell: (RunEvent) -> Void
    ) async throws(LaunchError) -> [CaseRun] {
        var waiting = cases[...]
        var runs: [CaseRun] = []
        var failure: LaunchError?
        await withTaskGroup(of: Result<CaseRun, LaunchError>.self) { group in
            func addNext() {
                guard failure == nil, !Task.isCancelled, let next = waiting.popFirst() else { return }
                let session = server.open(next, round: 1)
                tell(.caseStart(RunEvent.CaseStart(next, session: session.token, round: 1)))
                group.addTask { [driver] in
                    do throws(LaunchError) {
                        return .success(
                            try await CaseRun.play(
                                session, through: driver, on: server, hello: hello, claims: claims))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            for _ in 0..<jobs { addNext() }
            for await result in group {
                switch result {
                case .success(let run):
                    runs.append(run)
                    if !run.isInterrupted { run.events.forEach(tell) }
                case .failure(let error): failure = error
                }
                addNext()
            }
        }
        if let failure { throw failure }
        return runs
    }
}

extension KnownFailures {
    fileprivate func findings(on run: CaseRun) -> [Finding] {
        let seen = run.observation
        let said = run.checks.map(\.actual) + [run.ending, seen.standardOutput, seen.standardError]
        return findings(
            on: run.session.subject.id, verdict: run.verdict, checks: run.checks,
            evidence: said.joined(separator: "\n"))
    }
}

extension CaseRun {
    /// The likely cause if a plain call fails; empty if no cause can be recognized.
    fileprivate func likelyCause(on server: CaseServer) -> String {
        if let refused = observation.exchanges.lazy.compactMap({ exchange in
            exchange.decision.refusal.map { "\(exchange.decision.status) \($0.words)" }
        }).first {
            return ": the server refused it: \(refused)"
        }
        guard observation.exchanges.isEmpty, observation.strays.isEmpty else { return "" }
        if case .serial(let front) = server.isolation {
            let sender = front == nil ? "app" : "gateway"
            return ": no request reached the server; the \(sender) must send its requests to \(server.baseURL)"
        }
        // A program that cannot start has printed the reason.
        guard observation.standardError.isEmpty else {
            return ": no request reached the server; the error that the program printed is above"
        }
        return ": no request reached the server; the program must read its address from OPENAI_BASE_URL when it starts"
    }
}
