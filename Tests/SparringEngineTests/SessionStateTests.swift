import SparringExchange
import SparringScenario
import Testing

@testable import SparringEngine

@Suite("The state of a session")
struct SessionStateTests {
    private static let charge = CommitRequest.Charge(family: "m", tokens: 1, caller: Caller())

    private static func steps(_ times: [Step.Times], then: Rule.Then = .fail, condition: Condition? = nil) -> Scenario {
        let steps = times.map { times in
            var step = Step(.auto)
            step.times = times
            return step
        }
        var rule = Rule(steps: steps)
        rule.then = then
        rule.condition = condition
        return Scenario(name: "s", rules: [rule])
    }

    /// For each of this number of calls, the step that answers it; -1 if no step answers.
    private static func play(_ scenario: Scenario, calls: Int, residual: Condition? = nil, seed: UInt64 = 1) -> [Int] {
        var state = SessionState(scenario: scenario, seed: seed)
        return (0..<calls).map { _ in
            let commitment = state.commit(
                .call(fingerprint: 1, charge: charge), [Candidate(rule: 0, captures: [:], residual: residual)],
                in: scenario, now: Moment(nanoseconds: 0))
            return if case .step(_, let step, _) = commitment.outcome { step } else { -1 }
        }
    }

    @Test(
        "Each step answers its number of times, and `then` decides what follows the last",
        arguments: [
            ([Step.Times.count(1), .count(2)], Rule.Then.fail, [0, 1, 1, -1, -1]),
            ([.count(1), .count(2)], .last, [0, 1, 1, 1, 1]), ([.count(1), .count(1)], .cycle, [0, 1, 0, 1, 0]),
            ([.count(2)], .cycle, [0, 0, 0, 0, 0]), ([.forever, .count(1)], .fail, [0, 0, 0, 0, 0]),
        ])
    func turns(times: [Step.Times], then: Rule.Then, steps: [Int]) {
        #expect(Self.play(Self.steps(times, then: then), calls: 5) == steps)
    }

    @Test("Attempts are counted for equal requests, and every exchange gets the next number")
    func counts() {
        let scenario = Self.steps([.forever])
        var state = SessionState(scenario: scenario, seed: 1)
        func commit(_ fingerprint: UInt64) -> SessionState.Commitment {
            state.commit(
                .call(fingerprint: fingerprint, charge: Self.charge), in: scenario, now: Moment(nanoseconds: 0))
        }
        #expect([commit(7), commit(8), commit(7)].map(\.attempt) == [1, 1, 2])
        #expect(state.number() == 4)
        let invalid = state.commit(
            .refused(fingerprint: 7, charge: Self.charge), in: scenario, now: Moment(nanoseconds: 0))
        #expect(invalid.attempt == 3)
        #expect(invalid.number == 5)
    }

    @Test("Random conditions depend on the seed and are the same for the same seed")
    func dice() {
        let scenario = Self.steps([.forever])
        let first = Self.play(scenario, calls: 200, residual: .chance(0.3))
        #expect(first == Self.play(scenario, calls: 200, residual: .chance(0.3)))
        #expect(first != Self.play(scenario, calls: 200, residual: .chance(0.3), seed: 2))
        #expect(40...80 ~= first.count { $0 == 0 })
    }

    @Test("The condition nth counts matches from 1")
    func nth() {
        #expect(Self.play(Self.steps([.forever]), calls: 4, residual: .nth(2...3)) == [-1, 0, 0, -1])
    }

    @Test("Steps that did not answer count as unused, and optional steps do not")
    func leftOver() {
        var scenario = Self.steps([.count(3), .count(1), .count(1)])
        scenario.rules[0].steps[2].isOptional = true
        var state = SessionState(scenario: scenario, seed: 1)
        for _ in 0..<2 {
            state.commit(
                .call(fingerprint: 1, charge: Self.charge), [Candidate(rule: 0, captures: [:], residual: nil)],
                in: scenario, now: Moment(nanoseconds: 0))
        }
        #expect(state.leftOver(of: scenario) == ["rule 1, step 1: answered 2 of 3 times", "rule 1, step 2"])
    }
}
