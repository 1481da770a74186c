import SparringAPI
import SparringExchange
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Commitments of a session")
struct CommitRequestTests {
    private static let charge = CommitRequest.Charge(family: "m", tokens: 10, caller: Caller())
    private static let now = Moment(nanoseconds: 0)

    /// The changes and values of a commitment.
    struct Effect: Equatable {
        /// The number of the exchange; 0 without an exchange.
        var number = 1
        /// The number of the attempt when the request is committed a second time.
        var attempt = 2
        /// The remaining tokens of 100; nil if no limits are reported.
        var remaining: Int?
        /// True if the rule's step has answered.
        var isAnswered = true
        /// The number of counted calls, including this call.
        var calls = 2
        /// True if pushed faults are applied.
        var takesFaults = true
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var request: CommitRequest
        var effect: Effect
    }

    private static let rows = [
        Row(
            testDescription: "a call", request: .call(fingerprint: 7, charge: charge),
            effect: Effect(number: 2, remaining: 80)),
        Row(testDescription: "an operation on objects", request: .object(fingerprint: 7), effect: Effect(number: 2)),
        Row(
            testDescription: "a charged batch line", request: .line(charge: charge),
            effect: Effect(number: 0, attempt: 1, remaining: 80, takesFaults: false)),
        Row(
            testDescription: "a batch line without a charge", request: .line(charge: nil),
            effect: Effect(number: 0, attempt: 1, takesFaults: false)),
        Row(
            testDescription: "a call with invalid parameters",
            request: .refused(fingerprint: 7, charge: charge),
            effect: Effect(number: 2, remaining: 80, isAnswered: false, calls: 1, takesFaults: false)),
        Row(
            testDescription: "a call with an invalid key", request: .refused(fingerprint: 7, charge: nil),
            effect: Effect(number: 2, isAnswered: false, calls: 1, takesFaults: false)),
        Row(
            testDescription: "a head without an order in its rule", request: .head(rule: 0),
            effect: Effect(number: 0, attempt: 1, isAnswered: false, calls: 1, takesFaults: false)),
    ]

    private static func scenario() -> Scenario {
        var scenario = Scenario(name: "s", rules: [Rule(steps: [Step(.auto), Step(.auto)])])
        scenario.limits = Scenario.Limits(tokensPerMinute: 100)
        return scenario
    }

    @Test("Every kind of request changes only its own counters, charges and steps", arguments: rows)
    func kinds(row: Row) {
        let scenario = Self.scenario()
        var state = SessionState(scenario: scenario, seed: 1)
        let isScripted = row.effect.isAnswered
        let candidates = isScripted ? [Candidate(rule: 0, captures: [:], residual: nil)] : []
        state.commit(.call(fingerprint: 7, charge: Self.charge), in: scenario, now: Self.now)
        state.push([Fault(at: .start, .ending(.reset))], calls: 1)

        let commitment = state.commit(row.request, candidates, in: scenario, now: Self.now)

        var effect = Effect()
        effect.number = commitment.number
        effect.attempt = commitment.attempt
        effect.remaining = commitment.rateLimits?.tokens.remaining
        effect.isAnswered = if case .step = commitment.outcome { true } else { false }
        effect.calls = commitment.call
        effect.takesFaults = !commitment.faults.isEmpty
        #expect(effect == row.effect)
    }

    @Test("A request head advances its rule only if the next step answers before the body")
    func head() {
        var scenario = Self.scenario()
        scenario.rules[0].steps[0].requestFaults = [Fault(at: .start, .ending(.reset))]
        var state = SessionState(scenario: scenario, seed: 1)
        func step() -> Int? {
            guard case .step(0, let step, _) = state.commit(.head(rule: 0), in: scenario, now: Self.now).outcome
            else { return nil }
            return step
        }
        #expect(step() == 0)
        #expect(step() == nil)
        #expect(state.nextStep(of: 0, in: scenario) == 1)
    }

    @Test("An account without tokens refuses calls and batch lines, and scripts do not advance")
    func exhausted() {
        let scenario = Self.scenario()
        var state = SessionState(scenario: scenario, seed: 1)
        let large = CommitRequest.Charge(family: "m", tokens: 95, caller: Caller())
        state.commit(.call(fingerprint: 1, charge: large), in: scenario, now: Self.now)
        let candidates = [Candidate(rule: 0, captures: [:], residual: nil)]
        for request in [CommitRequest.call(fingerprint: 2, charge: Self.charge), .line(charge: Self.charge)] {
            guard case .refused = state.commit(request, candidates, in: scenario, now: Self.now).outcome else {
                Issue.record("the account accepted \(request)")
                continue
            }
        }
        #expect(state.nextStep(of: 0, in: scenario) == 0)
    }
}
