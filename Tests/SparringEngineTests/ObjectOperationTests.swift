import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Operations on stored objects")
struct ObjectOperationTests {
    static func ask(_ engine: Engine, _ method: String, _ path: String, body: String = "") -> Exchange.Decision {
        let request = Request(
            method: method, target: path, headers: ["authorization": "Bearer x"], body: Array(body.utf8))
        let performance = engine.respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
        engine.ended(performance, timeline: Timeline())
        return performance.exchange.decision
    }

    static let deletion = "/v1/models/ft:gpt-4o:acme"

    @Test(
        "Every operation on objects in the table of endpoints has code that performs it",
        arguments: Endpoint.allCases.filter { $0.kind == .object })
    func performed(endpoint: Endpoint) {
        let engine = Engine(scenario: .auto, validation: .examples, wallClock: { 1_795_232_605 })
        let path = endpoint.operation.path.replacing("{model}", with: "ft:gpt-4o:acme").split(separator: "/")
            .map { $0.hasPrefix("{") ? "example" : String($0) }.joined(separator: "/")
        let decision = Self.ask(engine, endpoint.operation.method, "/" + path, body: "{}")
        #expect(decision.endpoint == endpoint.rawValue)
        #expect(decision.status < 500)
    }

    @Test("An object operation needs no rule of the scenario and uses none of its steps")
    func independent() {
        let engine = Engine(
            scenario: Scenario(name: "s", rules: [Rule(steps: [Step(.text(Template(literal: "hi")))])]),
            wallClock: { 1_795_232_605 })
        let decision = Self.ask(engine, "DELETE", Self.deletion)
        #expect(decision.status == 200)
        #expect(!decision.isAuxiliary)
        #expect(decision.step == nil)
        let chat = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}"#
        #expect(Self.ask(engine, "POST", "/v1/chat/completions", body: chat).step == "rule 1, step 1")
    }

    @Test("An object operation uses a rule for its endpoint, and fails loudly after its last step")
    func scripted() {
        let scenario = Scenario(
            name: "s",
            rules: [
                Rule(
                    condition: .field(.endpoint, .equals("models.delete")),
                    steps: [Step(.error(ErrorAnswer(name: "rate_limit_exceeded"))), Step(.auto)])
            ])
        let engine = Engine(scenario: scenario, wallClock: { 1_795_232_605 })
        let statuses = (0..<3).map { _ in Self.ask(engine, "DELETE", Self.deletion).status }
        #expect(statuses == [429, 200, 400])
    }

    @Test(
        "Only a model of the caller can be deleted",
        arguments: [("ft:gpt-4o:acme", 200), ("gpt-4o", 403), ("nope", 404)])
    func deletion(model: String, status: Int) {
        let engine = Engine(scenario: .auto, wallClock: { 1_795_232_605 })
        #expect(Self.ask(engine, "DELETE", "/v1/models/\(model)").status == status)
    }

    @Test("A deleted model is unknown to lists, look-ups and calls of its session only")
    func deletedForGood() {
        let engine = Engine(scenario: .auto, wallClock: { 1_795_232_605 })
        let model = "ft:gpt-4o:acme"
        let chat = #"{"model":"\#(model)","messages":[{"role":"user","content":"hi"}]}"#
        #expect(Self.ask(engine, "POST", "/v1/chat/completions", body: chat).status == 200)
        #expect(Self.ask(engine, "GET", "/v1/models/\(model)").status == 200)
        #expect(Self.ask(engine, "DELETE", "/v1/models/\(model)").status == 200)
        #expect(Self.ask(engine, "DELETE", "/v1/models/\(model)").status == 404)
        #expect(Self.ask(engine, "GET", "/v1/models/\(model)").status == 404)
        #expect(Self.ask(engine, "POST", "/v1/chat/completions", body: chat).status == 404)
        #expect(Self.ask(engine, "GET", "/s/other/v1/models/\(model)").status == 200)
    }
}
