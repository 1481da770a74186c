package import SparringAPI
package import SparringExchange
package import SparringScenario
package import SparringWire

/// What a session remembers between calls: how far each rule has come, how often a request was seen, the account, the dice.
///
/// A value with one mutation for calls, `commit`: no lock, no clock, no I/O.
package struct SessionState: Sendable {
    private var exchanges = 0
    private var calls = 0
    /// The session's time at its first call.
    private var began: Moment?
    private let seed: UInt64
    private var rules: [RuleState]
    private var attempts: [UInt64: Int] = [:]
    private var account: Account
    package var clock = SessionClock()
    private var pushed: [PushedFaults] = []
    var load = LoadState()
    /// What clients have stored, and what the API keeps for them.
    package var objects = Objects()

    private struct RuleState {
        /// Calls for which the stateless part of the condition held.
        var matches = 0
        var step = 0
        var uses = 0
        /// How often each step has answered.
        var answered: [Int]
    }

    /// Faults that were ordered while the server ran, for the next calls.
    private struct PushedFaults {
        var faults: [Fault]
        var calls: Int
    }

    /// Distinct requests whose attempts are counted; beyond it, counting starts afresh.
    private static let rememberedRequests = 65_536

    package init(scenario: Scenario, seed: UInt64) {
        rules = scenario.rules.map { RuleState(answered: Array(repeating: 0, count: $0.steps.count)) }
        account = Account(limits: scenario.limits, accounts: scenario.accounts)
        self.seed = seed
    }

    /// What became of a call.
    package struct Commitment: Sendable {
        /// Counts the session's exchanges, from 1.
        package var number: Int
        package var attempt: Int
        /// Nil where the operation reports none.
        package var rateLimits: RateLimitReading?
        package var outcome: Outcome
        /// Beside the step's own.
        package var faults: [Fault]
        package var clock: SessionClock
        /// Counts the session's calls, from 1.
        package var call: Int
        /// The session's time since its first call.
        package var elapsed: Duration
        /// The session's time, where the call counts towards the load; nil: it does not.
        package var loadedAt: Moment?
    }

    package enum Outcome: Sendable {
        case step(rule: Int, step: Int, captures: [String: String])
        case refused(Account.Refusal)
        /// Nobody is left to answer it, and there is no place to wait.
        case overloaded
        /// The rule matched, but its steps were used up and it says no more.
        case exhausted(rule: Int)
        case unmatched
    }

    /// Takes a number for an exchange that is no call: auxiliary, malformed, unknown.
    package mutating func number() -> Int {
        exchanges += 1
        return exchanges
    }

    /// - Parameters:
    ///   - candidates: from `Scenario.match`.
    ///   - fingerprint: of method, path and body: equal for equal requests.
    ///   - family: of the model, whose limits count.
    ///   - tokens: the estimate that is charged to the account.
    ///   - digest: of method, path and body, the same in every run: what dice go by.
    package mutating func commit(
        _ candidates: [Candidate], scenario: Scenario, fingerprint: UInt64, family: String, tokens: Int,
        digest: UInt64 = 0, caller: Caller = Caller(), now: Moment
    ) -> Commitment {
        let attempt = countAttempt(fingerprint)
        let (reading, refusal) = account.charge(
            family: family, tokens: tokens, caller: caller, clock: clock, now: now)
        let number = number()
        let time = clock.time(at: now)
        let isLoaded = refusal == nil && scenario.load != nil
        let hasRoom = !isLoaded || scenario.load.map { load.enter(number, $0, at: time) } ?? true
        let outcome =
            refusal.map(Outcome.refused)
            ?? (hasRoom ? choose(candidates, in: scenario, attempt: attempt, digest: digest) : .overloaded)
        let (call, elapsed) = countCall(now)
        return Commitment(
            number: number, attempt: attempt, rateLimits: reading, outcome: outcome, faults: takePushed(),
            clock: clock, call: call, elapsed: elapsed, loadedAt: isLoaded && hasRoom ? time : nil)
    }

    /// As `commit`, for an operation on objects: it costs no tokens, and its answers report no limits.
    package mutating func commitObject(
        _ candidates: [Candidate], scenario: Scenario, fingerprint: UInt64, digest: UInt64 = 0, now: Moment
    ) -> Commitment {
        let attempt = countAttempt(fingerprint)
        let outcome = choose(candidates, in: scenario, attempt: attempt, digest: digest)
        let (call, elapsed) = countCall(now)
        return Commitment(
            number: number(), attempt: attempt, rateLimits: nil, outcome: outcome, faults: takePushed(), clock: clock,
            call: call, elapsed: elapsed)
    }

    /// As `commit`, for a line of a batch: it has no number, and was never asked before.
    /// - Parameter tokens: that the account is charged; nil where batches are not counted with calls, as in the API.
    mutating func commitLine(
        _ candidates: [Candidate], scenario: Scenario, family: String, tokens: Int?, digest: UInt64,
        caller: Caller, now: Moment
    ) -> Commitment {
        let refusal = tokens.flatMap {
            account.charge(family: family, tokens: $0, caller: caller, clock: clock, now: now).refusal
        }
        let outcome = refusal.map(Outcome.refused) ?? choose(candidates, in: scenario, attempt: 1, digest: digest)
        let (call, elapsed) = countCall(now)
        return Commitment(
            number: 0, attempt: 1, rateLimits: nil, outcome: outcome, faults: [], clock: clock, call: call,
            elapsed: elapsed)
    }

    /// What a call comes to that is refused before any script: attempts count, scripts do not advance.
    package struct Refused: Sendable {
        package var number: Int
        package var attempt: Int
        package var rateLimits: RateLimitReading?
        package var clock: SessionClock
    }

    /// - Parameter family: of the model, where the call is charged a request; nil where it came no further than the key or the
    ///   routing of its model.
    package mutating func commitRefused(
        fingerprint: UInt64, family: String?, caller: Caller = Caller(), now: Moment
    ) -> Refused {
        let reading = family.map {
            account.charge(family: $0, tokens: 0, caller: caller, clock: clock, now: now).reading
        }
        return Refused(number: number(), attempt: countAttempt(fingerprint), rateLimits: reading, clock: clock)
    }

    /// Orders faults for the next calls that the scenario answers. Several orders wait for the same calls, not behind each other.
    package mutating func push(_ faults: [Fault], calls: Int) {
        pushed.append(PushedFaults(faults: faults, calls: calls))
    }

    private mutating func takePushed() -> [Fault] {
        guard !pushed.isEmpty else { return [] }
        let faults = pushed.flatMap(\.faults)
        for index in pushed.indices { pushed[index].calls -= 1 }
        pushed.removeAll { $0.calls < 1 }
        return faults
    }

    /// Steps that should have answered and have not, in words.
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

    /// The step of a rule that a call would get now; nil where its steps are used up.
    func nextStep(of index: Int, in scenario: Scenario) -> Int? {
        var copy = self
        return copy.advance(index, of: scenario)
    }

    /// As `commit`, for a request that was answered before its body came, where its rule has ordered that.
    mutating func commitHead(rule index: Int, scenario: Scenario) {
        guard let step = nextStep(of: index, in: scenario),
            !scenario.rules[index].steps[step].requestFaults.isEmpty
        else { return }
        rules[index].matches += 1
        _ = advance(index, of: scenario)
    }

    /// The step that answers now; nil where the rule's steps are used up.
    private mutating func advance(_ index: Int, of scenario: Scenario) -> Int? {
        // In place: what all threads read is not copied for each call, and the counts are not copied at all.
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
        if attempts.count >= Self.rememberedRequests { attempts.removeAll(keepingCapacity: true) }
        func increase(_ count: inout Int) -> Int {
            count += 1
            return count
        }
        return increase(&attempts[fingerprint, default: 0])
    }
}

extension Scenario {
    /// How reports name a step: `rule 2 "two rate limits", step 1`.
    package func label(rule index: Int, step: Int? = nil) -> String {
        let name = rules[index].name.map { " \"\($0)\"" } ?? ""
        return "rule \(index + 1)\(name)" + (step.map { ", step \($0 + 1)" } ?? "")
    }
}
