import Sparring
package import SparringConformance
import SparringExchange
import SparringHTTP
import SparringJSON
import SparringScenario
import SparringWire

/// Plays gateway cases. A plain call is made first and last. A probe detects the gateway's features before the cases.
package struct GatewayRun: Sendable {
    package var cases: [GatewayCase]
    package var client: GatewayClient
    /// The client under test, which makes the calls of the cases. If nil, `client` makes them. `client` makes all other calls.
    package var driver: GatewayDriver?
    package var upstreams: UpstreamGroup
    package var terms: GatewayTerms
    /// Features that the adapter file declares. Features that the file does not declare are detected.
    package var stated: Set<GatewayFeature>
    /// The time for which a gateway may avoid an upstream that has failed. If a case takes longer than this time, the case counts as
    /// unobserved.
    package var recovery: Duration
    package var failsOnShould: Bool

    package init(
        cases: [GatewayCase], client: GatewayClient, upstreams: UpstreamGroup, terms: GatewayTerms,
        stated: Set<GatewayFeature>, recovery: Duration, failsOnShould: Bool
    ) {
        self.cases = cases
        self.client = client
        self.upstreams = upstreams
        self.terms = terms
        self.stated = stated
        self.recovery = recovery
        self.failsOnShould = failsOnShould
    }

    /// All answers of the upstreams, for the comparison with the amounts that the gateway books.
    let spend = SpendCount()
    private let nonce = UInt64.random(in: 0...UInt64.max)
    /// The maximum number of rounds of a case that delays of Sparring leave undecided.
    private static let rounds = 3
    /// The longest time until a limit per minute is restored.
    private static let window = Duration.seconds(61)
    /// The longest time for a plain call.
    private static let patience = Duration.seconds(30)

    /// The outcome of a run, its ledger and the gateway's features.
    package struct Result: Sendable {
        package var outcome: RunEvent.Outcome
        package var reason: String?
        package var ledger: TruthLedger
        package var features: Set<GatewayFeature>
    }

    /// - Throws: `LaunchError` if no plain call succeeds; the error says what to change.
    package func run(tell: (RunEvent) -> Void) async throws(LaunchError) -> Result {
        let start = await spendReader?.amounts() ?? []
        try await hello()
        let features = await probe().union(stated)
        var ledger = TruthLedger()
        var verdicts: [Verdict] = []
        var limited: Moment?
        var spent = 0.0
        for subject in cases where !Task.isCancelled {
            let missing = subject.needs.filter { !features.contains($0) }
            let obstacle = driver?.reach.obstacle(to: subject)
            guard missing.isEmpty, obstacle == nil else {
                let reason = (missing.map(\.absence) + [obstacle].compactMap(\.self)).joined(separator: "; ")
                tell(.caseStart(RunEvent.CaseStart(subject, token: "", round: 1)))
                end(subject, GatewayGrading.unobserved(subject, because: reason), after: nil, tell)
                verdicts.append(.unobserved)
                continue
            }
            if subject.needs.contains(.limits), let limited {
                // Waits until the key's minute of the previous case is over.
                try? await Task.sleep(for: max(.zero, Self.window - (upstreams.clock.now - limited)))
            }
            let (seen, checks) = await play(subject, spent: &spent, tell)
            if subject.needs.contains(.limits) { limited = upstreams.clock.now }
            guard !Task.isCancelled else { break }
            if let problem = seen.calls.lazy.compactMap(\.report?.problem).first {
                throw LaunchError(description: problem)
            }
            ledger.add(seen)
            verdicts.append(Verdict(of: checks))
        }
        if Task.isCancelled { return Result(outcome: .interrupted, ledger: ledger, features: features) }
        await settle(onFirst: true)
        var reason: String?
        do { try await hello() } catch {
            reason = "a plain call succeeded at the start of the run, but not at its end: \(error)"
        }
        await book(since: start, in: &ledger)
        if let reason { return Result(outcome: .unreliable, reason: reason, ledger: ledger, features: features) }
        let outcome: RunEvent.Outcome =
            verdicts.contains(.error)
            ? .broken : verdicts.contains { $0.isBad || failsOnShould && $0 == .warn } ? .failed : .held
        return Result(outcome: outcome, ledger: ledger, features: features)
    }

    // MARK: One case

    /// - Parameter spent: the dollars of the key with a budget; the cost of this case is added.
    private func play(
        _ subject: GatewayCase, spent: inout Double, _ tell: (RunEvent) -> Void
    ) async -> (GatewayObservation, [Check]) {
        var round = 1
        var earlier: GatewayObservation.Span?
        while true {
            await settle(onFirst: subject.first != nil || subject.needs.contains(.failover))
            let token = token(subject.id, round: round)
            let start = upstreams.clock.now
            tell(.caseStart(RunEvent.CaseStart(subject, token: token, round: round)))
            var seen = await observe(subject, token: token)
            seen.earlier = earlier
            seen.spentBefore = spent
            spent += seen.cost(of: .budget)
            let checks = GatewayGrading.checks(of: subject, seeing: seen)
            let isUndecided = Verdict(of: checks) == .inconclusive
            if isUndecided, round < Self.rounds, !Task.isCancelled {
                round += 1
                earlier = seen.span
                if subject.needs.contains(.limits) {
                    // After this wait, the limit is whole again, and the next round is in another part of a minute.
                    try? await Task.sleep(for: Self.window + GatewayGrading.phase)
                }
                await LatenessProbe.calm(within: .seconds(5))
                continue
            }
            for exchange in seen.exchanges {
                tell(.wire(caseID: subject.id, exchange: exchange.json(origin: start)))
            }
            end(subject, checks, after: (seen, start), tell)
            return (seen, checks)
        }
    }

    private func end(
        _ subject: GatewayCase, _ checks: [Check], after seen: (GatewayObservation, start: Moment)?,
        _ tell: (RunEvent) -> Void
    ) {
        for check in checks { tell(.check(caseID: subject.id, check)) }
        let last = seen?.0.calls.last?.answer
        let duration = seen.map { (last?.endedAt ?? $0.start) - $0.start } ?? .zero
        tell(
            .caseEnd(
                RunEvent.CaseEnd(
                    id: subject.id, round: 1, verdict: Verdict(of: checks),
                    ending: seen?.0.calls.last?.report?.words ?? last.map { "the last answer: \($0.words)" }
                        ?? "not run",
                    milliseconds: Int(duration / .milliseconds(1)),
                    lagMilliseconds: Int(((seen?.0.lag ?? .zero) / .milliseconds(1)).rounded(.up)),
                    standardOutput: String(decoding: (last?.bytes ?? []).suffix(600), as: UTF8.self),
                    standardError: "")))
    }

    private func observe(_ subject: GatewayCase, token: String) async -> GatewayObservation {
        let booked = Self.booked(in: subject)
        let reader = booked.isEmpty ? nil : spendReader
        let before = await reader?.settledAmounts(of: booked) ?? []
        upstreams.play(subject.upstreams)
        let clock = upstreams.clock
        let (calls, lateness) = await LatenessProbe.during(clock: { clock.now }) {
            var made: [GatewayObservation.Call] = []
            for call in subject.calls {
                made += await make(call, token: token, after: made.count, timeout: subject.timeout)
            }
            let hasLeft = made.contains { $0.answer?.ending == .left }
            // After the client has disconnected, the gateway would make a further attempt soon.
            if hasLeft { try? await Task.sleep(for: .milliseconds(1500)) }
            await upstreams.rest(for: .seconds(6))
            return made
        }
        var seen = GatewayObservation(
            token: token, calls: calls, upstreams: upstreams.observed(token: token), lateness: lateness, terms: terms)
        spend.add(seen)
        seen.booked = await reader?.settledAmounts(of: booked).since(before) ?? []
        return seen
    }

    private func make(
        _ call: GatewayCall, token: String, after count: Int, timeout: Duration
    ) async -> [GatewayObservation.Call] {
        let tokens = (1...call.times).map { call.repeatsPrompt ? token : "\(token)n\(count + $0)e" }
        guard call.isTogether else {
            var made: [GatewayObservation.Call] = []
            for token in tokens where !Task.isCancelled {
                made.append(await one(call, token: token, timeout: timeout))
            }
            return made
        }
        return await withTaskGroup(of: (Int, GatewayObservation.Call).self) { group in
            for (index, token) in tokens.enumerated() {
                group.addTask { (index, await one(call, token: token, timeout: timeout)) }
            }
            var made: [(Int, GatewayObservation.Call)] = []
            for await one in group { made.append(one) }
            return made.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func one(_ call: GatewayCall, token: String, timeout: Duration) async -> GatewayObservation.Call {
        guard let driver else { return await client.make(call, token: token, timeout: timeout) }
        return await driver.make(call, token: token, timeout: timeout, through: client, to: upstreams)
    }

    /// A text in every prompt of a case. The text consists of letters and digits, so that no gateway changes its spelling. The text differs
    /// in each run, so that a gateway's cache has no answer from an earlier run.
    private func token(_ id: String, round: Int) -> String {
        "gw" + String(FNV1a.hash(id, seed: nonce &+ UInt64(round)), radix: 16)
    }

    // MARK: Plain calls

    /// Waits until a plain call is answered. With `onFirst`, waits until the first upstream answers a call, because a gateway may avoid an
    /// upstream for a while after a failure.
    private func settle(onFirst: Bool) async {
        upstreams.play([:])
        let clock = upstreams.clock
        let start = clock.now
        var made: [GatewayObservation.Call] = []
        repeat {
            let token = token("settle \(clock.now.nanoseconds)", round: 0)
            let call = await client.make(GatewayCall(), token: token, timeout: Self.patience)
            made.append(call)
            let isAsked = upstreams.observed(token: token).first?.exchanges.isEmpty == false
            if isAsked || !onFirst, call.answer?.status == 200 { break }
            try? await Task.sleep(for: .milliseconds(250))
        } while clock.now - start < recovery && !Task.isCancelled
        await count(made)
    }

    /// Makes a plain call. A gateway that has just started may refuse calls for a while.
    private func hello() async throws(LaunchError) {
        upstreams.play([:])
        let clock = upstreams.clock
        let start = clock.now
        while true {
            let token = token("hello \(clock.now.nanoseconds)", round: 0)
            let call = await client.make(GatewayCall(), token: token, timeout: Self.patience)
            let answer = call.answer
            await count([call])
            if answer?.status == 200, call.read?.text == call.call.text(token: token) { return }
            let status = answer?.status ?? 0
            guard (status == 0 || status >= 500) && clock.now - start < .seconds(10) && !Task.isCancelled else {
                throw LaunchError(description: advice(call))
            }
            try? await Task.sleep(for: .milliseconds(250))
        }
    }

    /// The reason why a plain call failed, and what to change.
    private func advice(_ call: GatewayObservation.Call) -> String {
        let url = client.replicas.first?.url ?? ""
        let model = client.identity.model
        let message = call.read?.error?["message"]?.string.map { " (“\($0.prefix(200))”)" } ?? ""
        let asked = upstreams.observed(token: call.token).first { !$0.exchanges.isEmpty }
        let refused = asked?.exchanges.last?.decision
        if let refused, refused.status >= 400 {
            return "the gateway's request to \(asked?.name ?? "the upstream") was refused with \(refused.status): "
                + (refused.refusal?.words ?? refused.unmatched ?? "see its log")
        }
        let addresses = upstreams.upstreams.map { "\($0.name) \($0.baseURL)" }.joined(separator: ", ")
        return switch call.answer?.status {
        case 401?, 403?: "the gateway refuses the key\(message): give the right one with --key"
        case 404?:
            "the gateway has no \(url)/chat/completions, or no model \(model)\(message): correct the path of --through, "
                + "or name its model with --model"
        case 400?:
            "the gateway refuses a plain call\(message): if it has no model \(model), name its model with --model"
        case 200?:
            asked == nil
                ? "the gateway answered, but asked no upstream: give it the base URLs \(addresses), or turn off its cache"
                : "the gateway changes a plain answer: the text should be the prompt, but is “\(call.read?.text.prefix(80) ?? "")”"
        case let status?:
            asked == nil
                ? "the gateway answered \(status)\(message) and asked no upstream: give it the base URLs \(addresses)"
                : "the gateway answered \(status)\(message) to a plain call"
        case nil:
            "the gateway gave no answer at \(url) (\(call.answer?.ending.words ?? "")): start it, or correct --through"
        }
    }

    // MARK: Features

    /// Detects the gateway's behaviour when an upstream or a key fails, and when a client's key is wrong.
    private func probe() async -> Set<GatewayFeature> {
        var features: Set<GatewayFeature> = []
        let wrong = await client.make(GatewayCall(key: .wrong), token: "gwprobekey", timeout: Self.patience)
        let isRefused = wrong.answer?.status == 401 || wrong.answer?.status == 403
        if isRefused { features.insert(.auth) }
        let failing = GatewayCaseParser.failing(errors: MockScenario.catalogue)
        upstreams.play(["primary": failing])
        let common = token("probe", round: 0)
        let tokens = (1...3).map { "\(common)n\($0)e" }
        var made: [GatewayObservation.Call] = []
        for token in tokens { made.append(await client.make(GatewayCall(), token: token, timeout: Self.patience)) }
        await upstreams.rest(for: .seconds(5))
        await count(made)
        let seen = upstreams.observed(token: common)
        let primary = seen.first { $0.name == "primary" }?.exchanges ?? []
        let others = seen.filter { $0.name != "primary" }.flatMap(\.exchanges)
        let isFailedOver = tokens.contains { token in
            primary.contains { $0.carries(token) } && others.contains { $0.carries(token) }
        }
        if isFailedOver { features.insert(.failover) }
        // A gateway that uses its keys in rotation makes no second attempt with another key.
        let usesOther = tokens.contains { token in
            Set(primary.filter { $0.carries(token) }.compactMap { $0.request.headers["authorization"] }).count > 1
        }
        if usesOther { features.insert(.keys) }
        return features
    }
}
