import SparringExchange
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Faults ordered in the prompt")
struct PromptPhraseTests {
    @Test(
        "The text between the brackets in a prompt is a fault order",
        arguments: [
            ("hello", nil), ("[[sparring: reset at event 2]]", "reset at event 2"),
            ("say [[sparring:fin]] or [[sparring: reset]]", "fin"), ("[[sparring: fin", nil), ("[[sparring:]]", ""),
        ])
    func order(text: String, expected: String?) { #expect(PromptPhrase.order(in: text) == expected) }

    private static func exchange(_ prompt: String, header: String? = nil, takes: Bool, of step: [Fault] = [])
        -> Exchange
    {
        var scenario = Scenario(
            name: "s", rules: [Rule(steps: [Step(.text(Template(literal: "hi")), times: .forever, faults: step)])])
        scenario.takesPromptFaults = takes
        var request = FaultExhibit.request(on: .stream)
        request.body = Array(
            #"{"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"\#(prompt)"}]}"#.utf8)
        if let header { request.headers["x-sparring-fault"] = header }
        return Engine(scenario: scenario, wallClock: { 0 }).respond(
            to: request, connection: 1, now: Moment(nanoseconds: 0)
        ).exchange
    }

    @Test("A fault in the prompt takes precedence over the rule's but not the header's, if allowed")
    func order() {
        let prompt = "hello [[sparring: fin at event 2]]"
        let reset = [Fault(at: .event(1), .ending(.reset))]
        #expect(Self.exchange(prompt, takes: false, of: reset).decision.faults == ["at event 1: reset"])
        #expect(Self.exchange(prompt, takes: true, of: reset).decision.faults == ["at event 2: fin"])
        #expect(Self.exchange("hello", takes: true, of: reset).decision.faults == ["at event 1: reset"])
        #expect(Self.exchange(prompt, header: "hang", takes: true).decision.faults == ["at event 2: hang"])
    }

    @Test("An invalid fault in the prompt gets 400", arguments: ["rset", "handshake_stall", "stalled_upload", ""])
    func mistake(fault: String) {
        let exchange = Self.exchange("[[sparring: \(fault)]]", takes: true)
        #expect(exchange.decision.status == 400 && exchange.decision.faults.isEmpty)
    }
}
