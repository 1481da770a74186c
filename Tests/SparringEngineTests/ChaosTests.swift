import SparringAPI
import SparringExchange
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Chaos")
struct ChaosTests {
    private static func scenario(_ chaos: Chaos) -> Scenario {
        var scenario = Scenario.auto
        scenario.chaos = chaos
        return scenario
    }

    private static func engine(_ chaos: Chaos, seed: UInt64 = 7) -> Engine {
        Engine(scenario: scenario(chaos), seed: seed, wallClock: { 1_795_232_605 })
    }

    private static func request(_ number: Int, session: String = "default", isStream: Bool = true) -> Request {
        var request = FaultExhibit.request(on: isStream ? .stream : .body)
        request.target = "/s/\(session)/v1/chat/completions"
        request.body = Array(
            #"{"model":"gpt-4o-mini","stream":\#(isStream),"messages":[{"role":"user","content":"n \#(number)"}]}"#.utf8
        )
        return request
    }

    private static func respond(_ engine: Engine, _ request: Request, at time: Duration = .zero) -> Exchange {
        let now = Moment(nanoseconds: Int64(time / .nanoseconds(1)))
        let performance = engine.respond(to: request, connection: 1, now: now)
        engine.ended(performance, timeline: performance.exchange.timeline)
        return performance.exchange
    }

    private static let mixed = Chaos(
        rate: 0.4,
        strikes: [
            .init(weight: 3, error: ErrorAnswer(name: "server_error")),
            .init(weight: 1, faults: [Fault(at: .event(2), .ending(.reset))]),
        ])

    /// The outcome of a call, which does not depend on other calls.
    private struct Kind: Hashable {
        var body: [UInt8]
        var attempt: Int
        var status: Int
        var faults: [String]
        var drawn: String?
    }

    private static func run(_ chaos: Chaos, seed: UInt64, lanes: Int) async -> Set<Kind> {
        let engine = engine(chaos, seed: seed)
        await withTaskGroup(of: Void.self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    for call in stride(from: lane, to: 320, by: lanes) { _ = respond(engine, request(call / 4)) }
                }
            }
        }
        let exchanges = engine.sessions.existing("default")?.exchanges ?? []
        return Set(
            exchanges.map { exchange in
                let decision = exchange.decision
                return Kind(
                    body: exchange.request.body, attempt: decision.attempt, status: decision.status,
                    faults: decision.faults, drawn: decision.chaos?.strike)
            })
    }

    @Test("The same seed gives the same set of exchanges at parallelism 1 and 32", arguments: [1, 7, 4_000_000_000])
    func parallelism(seed: UInt64) async {
        let alone = await Self.run(Self.mixed, seed: seed, lanes: 1)
        let together = await Self.run(Self.mixed, seed: seed, lanes: 32)
        #expect(alone.count == 320 && alone == together)
        let other = await Self.run(Self.mixed, seed: seed + 1, lanes: 1)
        #expect(other != alone)
    }

    @Test("Chaos applies faults at its rate and in the proportion of their weights")
    func proportions() {
        let engine = Self.engine(Self.mixed)
        let drawn = (0..<4000).compactMap { Self.respond(engine, Self.request($0)).decision.chaos?.strike }
        #expect(1480...1720 ~= drawn.count)
        #expect(1080...1320 ~= drawn.count { $0 == "error server_error" })
    }

    @Test("The draws of chaos differ by session and by attempt")
    func dice() {
        let engine = Self.engine(Chaos(rate: 0.5, strikes: Self.mixed.strikes))
        func row(_ session: String) -> [String?] {
            (0..<64).map { _ in Self.respond(engine, Self.request(1, session: session)).decision.chaos?.strike }
        }
        let (a, b) = (row("a"), row("b"))
        #expect(a != b && Set(a).count == 3 && Set(b).count == 3)
    }

    @Test(
        "A fault that needs a stream is not drawn for a whole body",
        arguments: [
            (Fault(at: .event(2), .ending(.reset)), "at event 2: reset"),
            // The fault's point is not an event, but the fault edits only events.
            (Fault(at: .done, .action(.dropDone)), "at done: drop_done"),
        ])
    func suits(fault: Fault, words: String) {
        let engine = Self.engine(Chaos(rate: 1, strikes: [.init(faults: [fault])]))
        #expect(Self.respond(engine, Self.request(1, isStream: false)).decision.chaos == nil)
        #expect(Self.respond(engine, Self.request(1)).decision.faults == [words])
    }

    @Test(
        "A chaos window opens at its time and repeats as configured",
        arguments: [(0, false), (9, false), (10, true), (14, true), (15, false), (70, true), (74, true), (75, false)])
    func windows(second: Int, isOpen: Bool) {
        let window = Chaos.Window(
            from: .seconds(10), length: .seconds(5), every: .seconds(60), rate: 1,
            strikes: [.init(error: ErrorAnswer(name: "server_is_overloaded"))])
        let engine = Self.engine(Chaos(windows: [window]))
        // The time is counted from the session's first call, whatever the clock's time.
        _ = Self.respond(engine, Self.request(0), at: .seconds(1000))
        let exchange = Self.respond(engine, Self.request(1), at: .seconds(1000 + second))
        #expect(exchange.decision.status == (isOpen ? 503 : 200))
        #expect((exchange.decision.chaos != nil) == isOpen)
    }

    @Test("A clock that a test moves opens a chaos window")
    func movedClock() {
        let window = Chaos.Window(
            from: .seconds(3600), length: .seconds(5), rate: 1,
            strikes: [.init(error: ErrorAnswer(name: "server_is_overloaded"))]
        )
        let engine = Self.engine(Chaos(windows: [window]))
        #expect(Self.respond(engine, Self.request(0)).decision.status == 200)
        let isMoved = engine.sessions.existing("default")?.adjust {
            $0.clock.advance(by: .seconds(3601), at: Moment(nanoseconds: 0))
        }
        #expect(isMoved == true)
        #expect(Self.respond(engine, Self.request(1)).decision.status == 503)
    }

    @Test("A fault of the step takes precedence over chaos, and unmatched-request errors are never broken")
    func nearest() {
        var scenario = Self.scenario(Chaos(rate: 1, strikes: [.init(error: ErrorAnswer(name: "server_is_overloaded"))]))
        var own = Step(.auto, times: .count(1), faults: [Fault(at: .event(1), .ending(.fin))])
        own.times = .count(1)
        scenario.rules = [Rule(steps: [own, Step(.silence)], then: .fail)]
        let engine = Engine(scenario: scenario, wallClock: { 0 })
        #expect(Self.respond(engine, Self.request(0)).decision.faults == ["at event 1: fin"])
        let silent = Self.respond(engine, Self.request(1))
        #expect(silent.decision.chaos == nil && silent.decision.faults == ["at start: hang"])
        // Chaos does not break unmatched-request errors.
        #expect(Self.respond(engine, Self.request(2)).decision.unmatched != nil)
    }

    @Test("A chaos schedule applies faults only to the calls that it names")
    func schedule() {
        let draws = Self.engine(Self.mixed)
        let drawn = (0..<40).compactMap { number -> (Int, Exchange.Drawn)? in
            Self.respond(draws, Self.request(number)).decision.chaos.map { (number, $0) }
        }
        let strike = Chaos.RandomFault(error: ErrorAnswer(name: "server_is_overloaded"))
        let byRequest = Chaos(
            schedule: drawn.map {
                .init(session: "default", call: .request($0.1.digest, attempt: 1), strike: strike)
            })
        let planned = Self.engine(byRequest, seed: 99)
        let struck = (0..<40).reversed().filter { Self.respond(planned, Self.request($0)).decision.status == 503 }
        #expect(!drawn.isEmpty && struck.reversed() == drawn.map(\.0))
        let byNumber = Self.engine(Chaos(schedule: [.init(session: "default", call: .number(3), strike: strike)]))
        #expect((0..<5).map { Self.respond(byNumber, Self.request($0)).decision.status } == [200, 200, 503, 200, 200])
    }
}
