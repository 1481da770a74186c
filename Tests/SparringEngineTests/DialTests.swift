import SparringExchange
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("The dials of a session")
struct DialTests {
    private static let strikes = [Chaos.RandomFault(faults: [Fault(at: .start, .ending(.reset))])]

    /// Two steps; the first has its own pace.
    private static func engine(_ chaos: Chaos? = nil) -> Engine {
        var scenario = Scenario(
            name: "dialed",
            rules: [
                Rule(
                    steps: [
                        Step(.text(Template(literal: "one two")), pace: Pace(every: .seconds(9))),
                        Step(.text(Template(literal: "three four")), times: .forever),
                    ])
            ])
        scenario.chaos = chaos
        return Engine(scenario: scenario, wallClock: { 0 })
    }

    private static func perform(_ engine: Engine) -> PlannedExchange {
        engine.respond(to: FaultExhibit.request(on: .stream), connection: 1, now: Moment(nanoseconds: 0))
    }

    private static func pauses(_ engine: Engine) -> Set<Duration> {
        Set(perform(engine).script.steps.compactMap { if case .pause(let duration) = $0 { duration } else { nil } })
    }

    private static func session(_ engine: Engine) -> Session {
        engine.sessions.session(named: "default", now: Moment(nanoseconds: 0))
    }

    @Test("The pace dial replaces the pace of every step, and a reset dial gives each step its own pace again")
    func pace() {
        let engine = Self.engine()
        let session = Self.session(engine)
        session.turn { $0.pace = Pace(every: .milliseconds(5)) }
        #expect(Self.pauses(engine) == [.milliseconds(5)])
        #expect(Self.pauses(engine) == [.milliseconds(5)])
        session.turn { $0.pace = nil }
        #expect(Self.pauses(engine).isEmpty && session.dialed.own === session.world)
        session.restart()
        #expect(Self.pauses(engine) == [.seconds(9)])
    }

    @Test("A dial changes the next answers, and the scenario continues from its current step")
    func place() {
        let engine = Self.engine()
        let session = Self.session(engine)
        _ = Self.perform(engine)
        session.turn { $0.pace = Pace(every: .milliseconds(5)) }
        #expect(Self.perform(engine).exchange.decision.step == "rule 1, step 2")
        #expect(session.leftOver.isEmpty)
    }

    @Test(
        "The chaos dial sets the share of calls that get a fault, also in windows",
        arguments: [
            (nil, 1.0, 10), (nil, 0.0, 0), (Chaos(rate: 0, strikes: strikes), 1.0, 10),
            (Chaos(rate: 1, strikes: strikes), 0.0, 0),
            (Chaos(rate: 1, strikes: strikes, windows: [Chaos.Window(length: .seconds(60), rate: 1)]), 0.0, 0),
        ])
    func chaos(own: Chaos?, rate: Double, hurt: Int) {
        let engine = Self.engine(own)
        // The step with its own pace is used up first, so that all further calls have the same pace.
        let session = Self.session(engine)
        session.turn { $0.chaos = Dials.Chaos(rate: rate, strikes: own == nil ? Self.strikes : []) }
        let struck = (0..<10).filter { _ in Self.perform(engine).exchange.decision.chaos != nil }
        #expect(struck.count == hurt)
    }

    @Test("A reset resets the dials, and a new scenario of the server reaches a session with changed dials")
    func reset() {
        let engine = Self.engine()
        let session = Self.session(engine)
        let own = session.world
        session.turn { $0.pace = Pace(every: .milliseconds(5)) }
        session.restart()
        #expect(session.world === own && session.dialed.dials == Dials())
        session.turn { $0.pace = Pace(every: .milliseconds(5)) }
        engine.sessions.replace(with: Scenario(name: "next"))
        #expect(session.world.scenario.name == "next" && session.dialed.dials == Dials())
    }
}
