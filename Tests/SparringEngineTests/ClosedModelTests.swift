import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Closed models and answers of the wrong kind")
struct ClosedModelTests {
    private static let chat = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}"#

    private static func request(
        _ body: String = chat, path: String = "/v1/chat/completions", method: String = "POST"
    ) -> Request {
        Request(method: method, target: path, headers: ["authorization": "Bearer x"], body: Array(body.utf8))
    }

    private static func engine(_ scenario: Scenario = .auto) -> Engine {
        Engine(scenario: scenario, models: .strict, wallClock: { 1_795_232_605 })
    }

    private static func respond(_ engine: Engine, _ request: Request) -> (status: Int, text: String) {
        let performance = engine.respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
        engine.ended(performance, timeline: Timeline())
        return (performance.exchange.decision.status, String(decoding: performance.script.bytes, as: UTF8.self))
    }

    @Test(
        "A call of a closed model gets its own error, and the model is not listed",
        arguments: [
            ("gpt-4", 404, "The model `gpt-4` has been deprecated, learn more here"),
            ("gpt-4o", 403, "Project `proj_sparring` does not have access to model `gpt-4o`"),
            ("nope", 404, "The model `nope` does not exist or you do not have access to it."),
        ])
    func closedModels(model: String, status: Int, message: String) {
        var closed = ModelOverride()
        closed.isAccessible = false
        let scenario = Scenario(name: "s", models: ["gpt-4o": closed], otherwise: .auto)
        for path in ["chat/completions", "responses", "embeddings", "completions"] {
            // Recorded: the Responses API has its own wording for an unknown model.
            if path == "responses", model == "nope" { continue }
            let body = #"{"model":"\#(model)","\#(path == "chat/completions" ? "messages" : "input")":"hi"}"#
            let request = Self.request(body, path: "/v1/\(path)")
            let answer = Self.respond(Self.engine(scenario), request)
            #expect(answer.text.contains(message), "\(path)")
            #expect(answer.status == status)
        }
        let list = Self.respond(Self.engine(scenario), Self.request("", path: "/v1/models", method: "GET")).text
        #expect(!list.contains("\"\(model)\""))
        #expect(list.contains("\"gpt-4o-mini\""))
    }

    @Test("An announced shutdown takes effect when the session's clock reaches it")
    func announced() {
        let engine = Self.engine()
        #expect(Self.respond(engine, Self.request()).status == 200)
        let session = engine.sessions.session(named: "default", now: Moment(nanoseconds: 0))
        _ = session.adjust { $0.clock.advance(by: .seconds(60 * 86_400), at: Moment(nanoseconds: 0)) }
        #expect(Self.respond(engine, Self.request()).text.contains("has been deprecated"))
    }

    @Test(
        "A scripted moderation or text answers only endpoints that return its kind",
        arguments: [
            ("moderations", #"{"input":"hi"}"#, 0, 200), ("chat/completions", chat, 0, 400),
            ("completions", #"{"model":"babbage-002"}"#, 1, 200), ("moderations", #"{"input":"hi"}"#, 1, 400),
            ("completions", #"{"model":"babbage-002"}"#, 2, 400), ("completions", #"{"model":"babbage-002"}"#, 3, 400),
        ])
    func kindsOfAnswers(path: String, body: String, step: Int, status: Int) {
        let answers: [StepAnswer] = [
            .moderation([ModerationVerdict(flagged: true)]), .text(Template("hi")), .refusal(Template("no")),
            .tools([ToolTemplate(name: Template("f"), arguments: TemplateValue(literal: [:]))], text: nil),
        ]
        let scenario = Scenario(name: "s", rules: [Rule(steps: [Step(answers[step])])])
        #expect(Self.respond(Self.engine(scenario), Self.request(body, path: "/v1/\(path)")).status == status)
    }
}
