import SparringScenario
import Testing

@testable import SparringConformance

@Suite("The verdict on a scenario's expectations")
struct ScenarioVerdictTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var expectation: Expectation
        var seen: Observation
        var verdicts: [Verdict]
        var holds: Bool
        var testDescription: String
    }

    private static let twice = Sight.gap(1500)

    @Test(
        "A scenario's expectation holds if no MUST is broken or unobserved",
        arguments: [
            Row(
                expectation: Expectation(exit: .zero, text: "pong", attempts: [.init(2...2)]),
                seen: Sight.of([.init(came: 0, left: 1), .init(came: 2, left: 3)], output: "pong\n"),
                verdicts: [.pass, .pass, .pass], holds: true, testDescription: "all met"),
            Row(
                expectation: Expectation(exit: .nonzero), seen: Sight.of([], ending: .exited(3)), verdicts: [.pass],
                holds: true, testDescription: "the program fails as expected"),
            Row(
                expectation: Expectation(exit: .nonzero), seen: Sight.of([], ending: .exited(0)), verdicts: [.fail],
                holds: false, testDescription: "the program should have failed"),
            Row(
                expectation: Expectation(text: "pong"), seen: Sight.of([.init(came: 0, left: 1)]), verdicts: [.fail],
                holds: false, testDescription: "a program that prints nothing does not print the text"),
            Row(
                expectation: Expectation(gaps: [.init(from: 1, to: 2, minimum: .seconds(2))]), seen: twice,
                verdicts: [.fail], holds: false, testDescription: "a pause that is too short"),
            Row(
                expectation: Expectation(gaps: [.init(from: 1, to: 2, minimum: .seconds(2), level: .should)]),
                seen: twice, verdicts: [.warn], holds: true, testDescription: "a SHOULD is only a warning"),
            Row(
                expectation: Expectation(gaps: [.init(from: 1, to: 2, minimum: .seconds(1))]),
                seen: Sight.of([.init(came: 0, left: 1)]), verdicts: [.fail], holds: false,
                testDescription: "a pause that never was is not met"),
            Row(
                expectation: Expectation(outcome: .init(ok: true)), seen: Sight.of([]), verdicts: [.fail],
                holds: false, testDescription: "an outcome that was never reported is not met"),
        ])
    func verdicts(row: Row) {
        let verdict = ScenarioVerdict(row.expectation, of: "mine", seeing: row.seen)
        #expect(verdict.checks.map(\.verdict) == row.verdicts, "\(verdict.checks)")
        #expect(verdict.holds == row.holds)
        #expect(verdict.checks.allSatisfy { $0.id.hasPrefix("mine#") })
    }
}
