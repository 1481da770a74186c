import SparringExchange
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("The precedence of faults")
struct FaultOrderTests {
    private static func engine(step: [Fault] = [], scenario faults: [Fault] = []) -> Engine {
        var scenario = Scenario(
            name: "s", rules: [Rule(steps: [Step(.text(Template(literal: "hi")), times: .forever, faults: step)])])
        scenario.faults = faults
        return Engine(scenario: scenario, wallClock: { 1_795_232_605 })
    }

    private static func respond(
        _ engine: Engine, path: String = "/v1/chat/completions", header: String? = nil, method: String = "POST"
    ) -> PlannedExchange {
        var request = FaultExhibit.request(on: .stream)
        (request.method, request.target) = (method, path)
        if let header { request.headers["X-Sparring-Fault"] = header }
        return engine.respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
    }

    private static let fin = Fault(at: .event(1), .ending(.fin))
    private static let hang = Fault(at: .event(1), .ending(.hang(nil)))

    @Test(
        "A fault in the header takes precedence over the base URL's, the step's and the scenario's",
        arguments: [
            ("reset at event 4", "/f/reset+at+event+3", [fin], [hang], "at event 4: reset"),
            (nil, "/f/reset+at+event+3", [fin], [hang], "at event 3: reset"),
            (nil, "/s/a/f/reset%20at%20event%203", [fin], [hang], "at event 3: reset"),
            (nil, "", [fin], [hang], "at event 1: fin"), (nil, "", [], [hang], "at event 1: hang"),
        ])
    func nearest(header: String?, base: String, step: [Fault], scenario: [Fault], expected: String) {
        let performance = Self.respond(
            Self.engine(step: step, scenario: scenario), path: base + "/v1/chat/completions", header: header)
        #expect(performance.exchange.decision.faults == [expected])
        #expect(performance.exchange.decision.endpoint == "chat.completions")
    }

    @Test("An unknown fault is rejected in Sparring's name with the nearest name and no retry")
    func unknown() {
        let performance = Self.respond(Self.engine(), header: "rset")
        let text = performance.script.transcript
        #expect(performance.exchange.decision.status == 400)
        #expect(
            text.contains("Sparring: the fault 'rset' is not valid: 'rset' is not a fault; did you mean 'reset'?"))
        #expect(text.contains("x-should-retry: false"))
    }

    @Test("A fault in the request also breaks answers without a step", arguments: ["GET", "POST"])
    func auxiliary(method: String) {
        let performance = Self.respond(
            Self.engine(scenario: [Self.hang]), path: "/v1/models", header: "fin at head", method: method)
        #expect(performance.script.steps.last == .end(.fin))
        let plain = Self.respond(Self.engine(scenario: [Self.hang]), path: "/v1/models", method: method)
        #expect(plain.exchange.decision.faults == [])
    }

    @Test("A fault of the scenario does not break the error for an unmatched request")
    func loud() {
        let scenario = Scenario(name: "s", rules: [])
        var broken = scenario
        broken.faults = [Self.hang]
        let answer = Self.respond(Engine(scenario: broken, wallClock: { 0 }))
        #expect(answer.exchange.decision.unmatched != nil && answer.exchange.decision.faults == [])
    }

    @Test("A fault of meaning has no effect if the answer contains no model output")
    func meaning() {
        let performance = Self.respond(Self.engine(), path: "/v1/models", header: "refuse", method: "GET")
        #expect(
            performance.exchange.missedFaults == [
                "at start: refuse I cannot help with that.: the answer contains no model output"
            ])
    }

    @Test(
        "A response that a fault cuts short is incomplete with the reason", arguments: ["content_filter", "cut_short"])
    func incomplete(fault: String) {
        var request = FaultExhibit.request(on: .stream)
        request.target = "/v1/responses"
        request.body = Array(#"{"model":"gpt-4o-mini","input":"Hello"}"#.utf8)
        request.headers["x-sparring-fault"] = fault
        let performance = Self.engine().respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
        let reason = fault == "cut_short" ? "max_output_tokens" : fault
        let text = performance.script.transcript
        #expect(text.contains(#""status": "incomplete""#))
        #expect(text.contains(#""reason": "\#(reason)""#), "\(text)")
        #expect(performance.exchange.missedFaults.isEmpty)
    }
}
