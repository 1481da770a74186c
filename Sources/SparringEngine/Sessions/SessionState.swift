package import SparringAPI
package import SparringExchange
package import SparringScenario
package import SparringWire

/// The state of a session between calls: the progress of each rule, attempts, the account, random draws.
///
/// A value that requests change only through `commit`, without a lock, a clock or I/O.
package struct SessionState: Sendable {
    var exchanges = 0
    var calls = 0
    /// Session time of the first call.
    var began: Moment?
    private let seed: UInt64
    var rules: [RuleState]
    var attempts: [UInt64: Int] = [:]
    var account: RateLimiter
    /// The price of all answers so far, in millionths of a dollar. The price is counted only if the scenario has a budget.
    var spent = 0.0
    package var clock = SessionClock()
    var pushed: [PushedFaults] = []
    var load = LoadState()
    var promptCache = PromptCache()
    /// Warnings about batch lines, which have no exchange of their own.
    package internal(set) var lineWarnings: [String] = []
    /// The objects stored for clients.
    package var objects = Objects()
    /// The requests whose attempts were counted since the last commit to a store; nil without a store.
    var counted: ChangedKeys?

    struct RuleState: Sendable {
        /// The number of calls for which the stateless part of the rule's condition matched.
        var matches = 0
        var step = 0
        var uses = 0
        /// Number of answers of each step.
        var answered: [Int]
    }

    /// Faults that the admin API ordered for the next calls.
    struct PushedFaults: Sendable {
        var faults: [Fault]
        var calls: Int
        /// The faults as they were ordered; nil if a program ordered them.
        var source: String?
    }

    /// The maximum number of requests whose attempts are counted; beyond it, counting starts again.
    private static let rememberedRequests = 65_536

    package init(scenario: Scenario, seed: UInt64) {
        rules = scenario.rules.map { RuleState(answered: Array(repeating: 0, count: $0.steps.count)) }
        account = RateLimiter(limits: scenario.limits, accounts: scenario.accounts)
        self.seed = seed
    }

    /// The result of committing a request.
    package struct Commitment: Sendable {
        /// Number of the exchange in the session, from 1; 0 if there is no exchange.
        package var number: Int
        package var attempt: Int
        /// Nil if the operation reports no rate limits.
        package var rateLimits: RateLimitReading?
        package var outcome: Outcome
        /// Pushed faults, in addition to the faults of the step.
        package var faults: [Fault]
        package var clock: SessionClock
        /// Number of the call in the session, from 1.
        package var call: Int
        /// Session time since the first call.
        package var elapsed: Duration
        /// Session time, if the call counts toward the load; else nil.
        package var loadedAt: Moment?
    }

    package enum Outcome: Sendable {
        case step(rule: Int, step: Int, captures: [String: String])
        case refused(RateLimiter.Refusal)
        /// The call is refused, because all slots and all places in the queue are taken.
        case overloaded
        /// The rule matched, but its steps are used up and it has no `then`.
        case exhausted(rule: Int)
        case unmatched
        /// The model is not available, and the next step is not an error.
        case closed
    }

    /// Takes the next number for an exchange that is not a call: an auxiliary request, or one that is malformed or
    /// unknown.
    package mutating func number() -> Int {
        exchanges += 1
        return exchanges
    }

    /// Commits the session to the outcome of a request. Requests change the session only here.
    ///
    /// - Parameters:
    ///   - candidates: the rules from `Scenario.match`; empty for a request that no script may answer.
    ///   - digest: a digest of method, path and body; identifies the request for random draws in every run.
    @discardableResult
    package mutating func commit(
        _ request: CommitRequest, _ candidates: [Candidate] = [], in scenario: Scenario, digest: UInt64 = 0, now: Moment
    ) -> Commitment {
        if case .closed(let fingerprint, let charge) = request {
            return commitClosed(fingerprint, charge, candidates, in: scenario, digest: digest, now: now)
        }
        let number = request.isExchange ? number() : 0
        let attempt = request.fingerprint.map { countAttempt($0) } ?? 1
        let (reading, excess) = charge(request.charge, now)
        var loadedAt: Moment?
        let outcome: Outcome
        if let refusal = excess ?? overspent(request, scenario) {
            outcome = .refused(refusal)
        } else if case .head(let rule) = request {
            outcome = advanceAtHead(rule, of: scenario)
        } else if case .call = request, let load = scenario.load {
            let time = clock.time(at: now)
            if self.load.enter(number, load, at: time) {
                loadedAt = time
                outcome = choose(candidates, in: scenario, attempt: attempt, digest: digest)
            } else {
                outcome = .overloaded
            }
        } else {
            outcome = choose(candidates, in: scenario, attempt: attempt, digest: digest)
        }
        let (call, elapsed) = request.isScripted ? countCall(now) : (calls, .zero)
        return Commitment(
            number: number, attempt: attempt, rateLimits: reading, outcome: outcome,
            faults: request.takesPushedFaults ? takePushed() : [], clock: clock, call: call, elapsed: elapsed,
            loadedAt: loadedAt)
    }

    /// Commits a call whose model is not available. The call gets the error of the next step; if the next step is not an error, no step is
    /// used up.
    private mutating func commitClosed(
        _ fingerprint: UInt64, _ charge: CommitRequest.Charge, _ candidates: [Candidate], in scenario: Scenario,
        digest: UInt64, now: Moment
    ) -> Commitment {
        var copy = self
        let played = copy.commit(
            .call(fingerprint: fingerprint, charge: charge), candidates, in: scenario, digest: digest, now: now)
        let isError =
            switch played.outcome {
            case .step(let rule, let step, _): scenario.rules[rule].steps[step].answer.isModels == false
            case .refused, .overloaded, .exhausted, .unmatched, .closed: false
            }
        if isError {
            self = copy
            return played
        }
        var refused = commit(.refused(fingerprint: fingerprint, charge: nil), in: scenario, now: now)
        refused.outcome = .closed
        return refused
    }

    private mutating func charge(
        _ charge: CommitRequest.Charge?, _ now: Moment
    ) -> (reading: RateLimitReading?, refusal: RateLimiter.Refusal?) {
        guard let charge else { return (nil, nil) }
        return account.charge(
            family: charge.family, tokens: charge.tokens, images: charge.images, caller: charge.caller, clock: clock,
            now: now)
    }

    private func overspent(_ request: CommitRequest, _ scenario: Scenario) -> RateLimiter.Refusal? {
        guard let budget = scenario.budget, request.isScripted, spent >= budget * 1e6 else { return nil }
        return .overspent
    }

    /// Counts the price of an answer against the scenario's budget. The price is known only after the answer is made, so
    /// calls that are answered at the same time may exceed the budget together.
    /// - Parameter cost: in millionths of a dollar.
    mutating func spend(_ cost: Double) { spent += cost }

    mutating func warn(_ text: String) {
        if !lineWarnings.contains(text) { lineWarnings.append(text) }
    }

    /// Orders faults for the next calls that the scenario answers. If several orders are pending, all of them apply to the same calls.
    ///
    /// - Parameter source: the faults as they were ordered, for the other servers that share the session.
    package mutating func push(_ faults: [Fault], calls: Int, source: String? = nil) {
        pushed.append(PushedFaults(faults: faults, calls: calls, source: source))
    }

    private mutating func takePushed() -> [Fault] {
        guard !pushed.isEmpty else { return [] }
        let faults = pushed.flatMap(\.faults)
        for index in pushed.indices { pushed[index].calls -= 1 }
        pushed.removeAll { $0.calls < 1 }
        return faults
    }

    /// Descriptions of the steps that should have answered but did not.
    package func leftOver(of scenario: Scenario) -> [String] {
        zip(scenario.rules, rules).enumerated().flatMap { index, pair in
            let (rule, state) = pair
            return rule.steps.indices.compactMap { step -> String? in
                guard !rule.steps[step].isOptional else { return nil }
                let wanted = if case .count(let count) = rule.steps[step].times { count } else { 1 }
                guard state.answered[step] < wanted else { return nil }
                let times = wanted == 1 ? "" : ": answered \(state.answered[step]) of \(wanted) times"
                return scenario.label(rule: index, step: step) + times
            }
        }
    }

    private mutating func countCall(_ now: Moment) -> (number: Int, elapsed: Duration) {
        let time = clock.time(at: now)
        let start = began ?? time
        began = start
        calls += 1
        return (calls, time - start)
    }

    private mutating func choose(
        _ candidates: [Candidate], in scenario: Scenario, attempt: Int, digest: UInt64
    ) -> Outcome {
        for candidate in candidates { rules[candidate.rule].matches += 1 }
        for candidate in candidates {
            if let residual = candidate.residual {
                var dice = Dice.of(seed: seed, rule: candidate.rule, digest: digest, attempt: attempt)
                let draw = Dice.unit(&dice)
                guard residual.holds(attempt: attempt, nth: rules[candidate.rule].matches, draw: draw) else { continue }
            }
            guard let step = advance(candidate.rule, of: scenario) else { return .exhausted(rule: candidate.rule) }
            return .step(rule: candidate.rule, step: step, captures: candidate.captures)
        }
        return .unmatched
    }

    /// The step that the rule's next call would get; nil if its steps are used up.
    func nextStep(of index: Int, in scenario: Scenario) -> Int? {
        var copy = self
        return copy.advance(index, of: scenario)
    }

    /// Advances a rule if its next step orders an answer before the body. Other rules do not advance.
    private mutating func advanceAtHead(_ index: Int, of scenario: Scenario) -> Outcome {
        guard let next = nextStep(of: index, in: scenario), !scenario.rules[index].steps[next].requestFaults.isEmpty
        else { return .unmatched }
        rules[index].matches += 1
        return advance(index, of: scenario).map { .step(rule: index, step: $0, captures: [:]) }
            ?? .exhausted(rule: index)
    }

    /// The step that answers now; nil if the rule's steps are used up.
    private mutating func advance(_ index: Int, of scenario: Scenario) -> Int? {
        // Changes the counts in place. Neither the shared scenario nor the counts are copied for a call.
        let count = scenario.rules[index].steps.count
        if rules[index].step == count {
            switch scenario.rules[index].then {
            case .fail: return nil
            case .last: rules[index].step = count - 1
            case .cycle: rules[index].step = 0
            }
            rules[index].uses = 0
        }
        let step = rules[index].step
        rules[index].uses += 1
        rules[index].answered[step] += 1
        if case .count(let times) = scenario.rules[index].steps[step].times, rules[index].uses >= times {
            rules[index].step += 1
            rules[index].uses = 0
        }
        return step
    }

    private mutating func countAttempt(_ fingerprint: UInt64) -> Int {
        if attempts.count >= Self.rememberedRequests {
            attempts.removeAll(keepingCapacity: true)
            counted?.clear()
        }
        counted?.insert(fingerprint)
        func increase(_ count: inout Int) -> Int {
            count += 1
            return count
        }
        return increase(&attempts[fingerprint, default: 0])
    }
}

extension Scenario {
    /// The label of a step in reports: `rule 2 "two rate limits", step 1`.
    package func label(rule index: Int, step: Int? = nil) -> String {
        let name = rules[index].name.map { " \"\($0)\"" } ?? ""
        return "rule \(index + 1)\(name)" + (step.map { ", step \($0 + 1)" } ?? "")
    }
}
