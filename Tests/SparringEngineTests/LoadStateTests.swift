import SparringExchange
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Load by concurrent calls")
struct LoadStateTests {
    private static func at(_ milliseconds: Int64) -> Moment { Moment(nanoseconds: milliseconds * 1_000_000) }

    /// Returns the pace of each call, or `full`, for calls that arrive at these times and have a pace of 100 ms and
    /// then 10 ms.
    private static func play(_ load: Load, _ arrivals: [Int64]) -> [String] {
        var state = LoadState()
        return arrivals.enumerated().map { number, moment in
            guard state.enter(number, load, at: at(moment)) else { return "full" }
            let pace = state.book(
                number, load, pace: Pace(first: .milliseconds(100), every: .milliseconds(10)), pieces: 11,
                at: at(moment))
            return "\((pace.first ?? .zero).words) \((pace.every ?? .zero).words)"
        }
    }

    @Test(
        "An answer is slower by the number of other calls that are running when its call arrives",
        arguments: [
            (Load(slower: 0.5), [0, 0, 0], ["100ms 10ms", "150ms 15ms", "200ms 20ms"]),
            // The first call ends after 200 ms.
            (Load(slower: 0.5), [0, 199, 200], ["100ms 10ms", "150ms 15ms", "150ms 15ms"]),
            (Load(slower: 0), [0, 0], ["100ms 10ms", "100ms 10ms"]),
        ])
    func slower(load: Load, arrivals: [Int64], expected: [String]) { #expect(Self.play(load, arrivals) == expected) }

    @Test(
        "A call waits for the first free slot in order of arrival, and is refused when the queue is full",
        arguments: [
            (Load(slots: 1), [0, 0, 50], ["100ms 10ms", "300ms 10ms", "450ms 10ms"]),
            (Load(slots: 2), [0, 100, 100], ["100ms 10ms", "100ms 10ms", "200ms 10ms"]),
            (
                Load(slots: 1, queue: 1), [0, 10, 20, 210, 220],
                ["100ms 10ms", "290ms 10ms", "full", "290ms 10ms", "full"]
            ),
            (Load(slots: 1, queue: 0), [0, 199, 200], ["100ms 10ms", "full", "100ms 10ms"]),
            // With two slots, at most one other call is running.
            (Load(slower: 1, slots: 2), [0, 0, 0], ["100ms 10ms", "200ms 20ms", "400ms 20ms"]),
        ])
    func slots(load: Load, arrivals: [Int64], expected: [String]) { #expect(Self.play(load, arrivals) == expected) }

    @Test("A client that disconnects early frees its slot")
    func leaves() {
        var state = LoadState()
        let load = Load(slots: 1, queue: 0)
        let isFirstIn = state.enter(1, load, at: Self.at(0))
        _ = state.book(1, load, pace: Pace(first: .seconds(9)), pieces: 1, at: Self.at(0))
        let isSecondIn = state.enter(2, load, at: Self.at(10))
        state.leave(1, at: Self.at(20))
        let isThirdIn = state.enter(3, load, at: Self.at(20))
        #expect(isFirstIn && !isSecondIn && isThirdIn)
    }

    @Test("An overloaded call uses no step and gets the error of the scenario")
    func overloaded() throws {
        let step = Step(.text(Template(literal: "hi")), pace: Pace(first: .seconds(5)))
        var scenario = Scenario(name: "s", rules: [Rule(steps: [step, step])])
        scenario.load = Load(slots: 1, queue: 0)
        scenario.load?.full.retryAfter = .seconds(.seconds(2))
        let engine = Engine(scenario: scenario, timeScale: 0.01, wallClock: { 1_794_000_000 })
        func ask(_ milliseconds: Int64) -> Exchange {
            engine.respond(to: FaultExhibit.request(on: .body), connection: 1, now: Self.at(milliseconds)).exchange
        }
        #expect(ask(0).decision.status == 200)
        let refused = ask(10)
        #expect(refused.decision.status == 503 && refused.decision.step == nil)
        #expect(refused.decision.hint == Exchange.Hint(ordered: .seconds(2), told: .milliseconds(20)))
        // Five seconds of session time pass in fifty milliseconds.
        let later = ask(51)
        #expect(later.decision.status == 200 && later.decision.step == "rule 1, step 2")
    }
}
