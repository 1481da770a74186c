import SparringExchange
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("The pace of an answer")
struct PaceOrderTests {
    private static func scenario(_ stream: String, rule: String = "{ text: one two three }") throws -> Scenario {
        let text = "schema: 1\nscenario: s\nseed: 1\nstream: \(stream)\nsteps: [\(rule), \(rule)]\n"
        return try ScenarioLoader.load(text: text, file: "s", errors: .api).get()
    }

    private static func pauses(_ scenario: Scenario) -> [Duration] {
        let performance = Engine(scenario: scenario, wallClock: { 0 }).respond(
            to: FaultExhibit.request(on: .stream), connection: 1, now: Moment(nanoseconds: 0))
        return performance.script.steps.compactMap { if case .pause(let pause) = $0 { pause } else { nil } }
    }

    @Test(
        "The pace of a step takes precedence over that of the model, its family and the scenario",
        arguments: [
            ("{ first: 7ms }", "{ text: hi }", 7),
            ("{ first: 7ms, models: { gpt-4o-mini: { first: 8ms } } }", "{ text: hi }", 8),
            ("{ models: { gpt-4o: { first: 9ms } } }", "{ text: hi }", 0),
            ("{ first: 7ms, models: { gpt-4o-mini: { first: 8ms } } }", "{ text: hi, stream: { first: 6ms } }", 6),
            ("{ first: 7ms }", "{ error: server_error }", 0),
        ])
    func nearest(stream: String, rule: String, first: Int64) throws {
        let pauses = Self.pauses(try Self.scenario(stream, rule: rule))
        #expect(pauses == (first == 0 ? [] : [.milliseconds(first)]))
    }

    @Test("Random pauses differ in each answer and are the same in each run")
    func drawn() throws {
        let text = "{ first: { mean: 400ms }, every: { mean: 20ms, shape: normal, deviation: 0.5 } }"
        let scenario = try Self.scenario(text)
        let pauses = Self.pauses(scenario)
        #expect(Set(pauses).count == pauses.count && pauses.count > 2)
        #expect(pauses == Self.pauses(scenario))
        var other = scenario
        other.seed = 2
        #expect(pauses != Self.pauses(other))
    }

    @Test(
        "An invalid pace is rejected",
        arguments: ["{ first: { shape: normal } }", "{ every: { mean: 1ms, deviation: 9 } }"])
    func mistakes(stream: String) {
        #expect(throws: Mistakes.self) { try Self.scenario(stream) }
    }
}
