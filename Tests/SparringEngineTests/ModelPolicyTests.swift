import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("The policy of models")
struct ModelPolicyTests {
    private static func scenario(_ text: String) throws -> Scenario {
        try ScenarioLoader.load(text: "schema: 1\nscenario: s\n" + text, file: "s.yaml", errors: .api).get()
    }

    private static func ask(
        _ engine: Engine, _ model: String, path: String = "/v1/chat/completions", more: String = ""
    ) -> (status: Int, text: String, warning: String?) {
        let asked = path.hasSuffix("completions") ? #""messages":[{"role":"user","content":"hi"}]"# : #""input":"hi""#
        let request = Request(
            method: "POST", target: path, headers: ["authorization": "Bearer x"],
            body: Array(#"{"model":"\#(model)",\#(asked)\#(more)}"#.utf8))
        let performance = engine.respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
        engine.ended(performance, timeline: Timeline())
        let text = String(decoding: performance.script.bytes, as: UTF8.self)
        let decision = performance.exchange.decision
        #expect(text.contains("x-sparring-warning: ") == (decision.warning != nil))
        return (decision.status, text, decision.warning)
    }

    private static func engine(_ scenario: Scenario = .auto, models: ModelPolicy? = nil) -> Engine {
        Engine(scenario: scenario, models: models, wallClock: { 1_795_232_605 })
    }

    @Test(
        "An answer for a newer, a shut-down or another provider's model has a warning, and the strict policy gives the API's 404",
        arguments: ["gpt-6.3-sol", "llama3.1:8b", "gpt-4", "gpt-3.5-turbo"])
    func policies(model: String) {
        let engine = Self.engine()
        let answer = Self.ask(engine, model)
        #expect(answer.status == 200)
        #expect(answer.text.contains("\"model\": \"\(model)"))
        #expect(answer.warning?.contains("'\(model)'") == true)
        #expect(RunReport(engine).warnings.count == 1)
        #expect(RunReport(engine).held)
        let strict = Self.ask(Self.engine(models: .strict), model)
        #expect(strict.status == 404)
        #expect(strict.text.contains("\"code\": \"model_not_found\""))
        #expect(strict.warning != nil)
    }

    @Test("A mistyped model gets the API's 404 from each endpoint, and the log has the nearest name")
    func typo() {
        for path in ["/v1/chat/completions", "/v1/responses", "/v1/embeddings"] {
            let answer = Self.ask(Self.engine(), "gpt-4o-mni", path: path)
            #expect(answer.status == (path == "/v1/responses" ? 400 : 404))
            #expect(answer.text.contains("does not exist"))
            #expect(answer.warning?.contains("did you mean 'gpt-4o-mini'?") == true)
        }
    }

    @Test("A model that a rule names is known and has no warning, even under the strict policy")
    func named() throws {
        let text = """
            models: strict
            rules:
              - { when: { model: gpt-4o-mni }, text: hello }
              - { when: { any: [ { model: { one_of: [acme-1, acme-2] } } ] }, text: hello }
            """
        let engine = Self.engine(try Self.scenario(text))
        for model in ["gpt-4o-mni", "acme-1", "acme-2"] {
            let answer = Self.ask(engine, model)
            #expect(answer.status == 200 && answer.warning == nil, "\(model)")
        }
        #expect(Self.ask(engine, "acme-3").status == 404)
    }

    @Test("A scripted error takes precedence over the API's 404 for a model, and its step counts as used")
    func scriptedError() throws {
        let text = "steps:\n  - error: { name: model_not_found }\n  - text: hello\n"
        let engine = Self.engine(try Self.scenario(text))
        #expect(Self.ask(engine, "gpt-4o-mni").text.contains("`gpt-4o-mni` does not exist"))
        #expect(RunReport(engine).leftOver.count == 1)
        // A call of an unavailable model uses up no step.
        #expect(Self.ask(engine, "gpt-4o-mni").status == 404)
        #expect(RunReport(engine).leftOver.count == 1)
        #expect(Self.ask(engine, "gpt-4o").text.contains("hello"))
        #expect(RunReport(engine).leftOver == [])
    }

    @Test("A wrong parameter in a call of an unknown model gets its usual error")
    func parameters() throws {
        let engine = Self.engine(try Self.scenario("steps: [ { error: { name: server_error } } ]"))
        let answer = Self.ask(engine, "gpt-4o-mni", more: #","n":0"#)
        #expect(answer.status == 404)
        #expect(RunReport(engine).leftOver.count == 1)
    }

    @Test("A model gets 404 past the shutdown date in the scenario, and past its own if a test has moved the clock")
    func clocks() throws {
        let engine = Self.engine()
        #expect(Self.ask(engine, "gpt-4o-mini").warning == nil)
        let session = engine.sessions.session(named: "default", now: Moment(nanoseconds: 0))
        _ = session.adjust { $0.clock.advance(by: .seconds(60 * 86_400), at: Moment(nanoseconds: 0)) }
        #expect(Self.ask(engine, "gpt-4o-mini").text.contains("has been deprecated"))
        #expect(Self.ask(engine, "gpt-4").status == 200)
        let scripted = try Self.scenario("models: { gpt-4o: { shutdown_date: 2026-01-01 } }\notherwise: auto")
        #expect(Self.ask(Self.engine(scripted), "gpt-4o").text.contains("has been deprecated"))
    }

    @Test(
        "A scenario sets the policy by `models: strict`, or by `policy` next to rows of models",
        arguments: [
            ("models: strict", 404, 404), ("models: lenient", 200, 404),
            ("models: { policy: strict, mine: { like: gpt-4o } }", 404, 200),
            ("models: { mine: { like: gpt-4o } }", 200, 200),
        ])
    func scenarios(models: String, foreign: Int, mine: Int) throws {
        let engine = Self.engine(try Self.scenario(models + "\notherwise: auto"))
        #expect(Self.ask(engine, "llama3.1:8b").status == foreign)
        let status = Self.ask(engine, "mine").status
        #expect(status == (models.contains("mine") ? mine : foreign))
    }

    @Test("An unknown policy is a mistake in the scenario")
    func mistakes() {
        #expect(throws: (any Error).self) { try Self.scenario("models: loose\notherwise: auto") }
    }

    @Test("A project that may use only some models may not use an unknown model")
    func accounts() throws {
        let text = """
            accounts:
              keys: { x: { project: p } }
              projects: { p: { models: [gpt-4o] } }
            otherwise: auto
            """
        let engine = Self.engine(try Self.scenario(text))
        #expect(Self.ask(engine, "gpt-4o").status == 200)
        #expect(Self.ask(engine, "llama3.1:8b").status == 403)
    }

    @Test("A model's name cannot break the header field of the warning")
    func headerField() {
        let answer = Self.ask(Self.engine(), #"x:\r\nset-cookie: a=b\u00e9"#)
        #expect(answer.status == 200)
        #expect(!answer.text.contains("\r\nset-cookie"))
    }

    @Test("An Azure deployment of any name is answered, and the strict policy gives DeploymentNotFound")
    func deployments() {
        let path = "/openai/deployments/my-gpt-4o/chat/completions?api-version=2024-10-21"
        func status(_ engine: Engine) -> (Int, String) {
            let request = Request(
                method: "POST", target: path, headers: ["api-key": "x"],
                body: Array(#"{"messages":[{"role":"user","content":"hi"}]}"#.utf8))
            let performance = engine.respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
            engine.ended(performance, timeline: Timeline())
            return (performance.exchange.decision.status, String(decoding: performance.script.bytes, as: UTF8.self))
        }
        #expect(status(Self.engine()).0 == 200)
        let strict = status(Self.engine(models: .strict))
        #expect(strict.0 == 404 && strict.1.contains("DeploymentNotFound"))
    }

    @Test("A model that Sparring answers for can be retrieved, and the list has only the API's models")
    func catalogue() {
        func get(_ path: String) -> (Int, String) {
            let request = Request(method: "GET", target: path, headers: ["authorization": "Bearer x"])
            let performance = Self.engine().respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
            return (performance.exchange.decision.status, String(decoding: performance.script.bytes, as: UTF8.self))
        }
        #expect(get("/v1/models/llama3").0 == 200)
        #expect(get("/v1/models/gpt-4").1.contains("x-sparring-warning"))
        #expect(get("/v1/models/gpt-4o-mni").0 == 404)
        #expect(!get("/v1/models").1.contains("\"gpt-4\""))
    }
}
