import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Operations on what a session holds")
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

    @Test("are answered whatever the scenario says of models, and use up none of its steps")
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

    @Test("follow a rule that names their endpoint, and fail as loudly as others when its steps are used up")
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
        "on models delete what the caller has made, and nothing else",
        arguments: [("ft:gpt-4o:acme", 200), ("gpt-4o", 403), ("nope", 404)])
    func deletion(model: String, status: Int) {
        let engine = Engine(scenario: .auto, wallClock: { 1_795_232_605 })
        #expect(Self.ask(engine, "DELETE", "/v1/models/\(model)").status == status)
    }

    @Test("make a deleted model unknown to this session: to the list, to look-ups and to calls")
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
