import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import Testing

@testable import SparringEngine

@Suite("Steps that cannot answer the request")
struct AnswerObjectionTests {
    private static func decision(
        _ body: String, path: String = "/v1/chat/completions", _ change: (inout Step) -> Void = { _ in }
    ) -> String? {
        let calls = [ToolTemplate(name: "f"), ToolTemplate(name: "g")]
        var step = Step(.tools(calls, text: nil))
        change(&step)
        let engine = Engine(scenario: Scenario(name: "s", rules: [Rule(steps: [step])]), wallClock: { 1 })
        return ObjectOperationTests.ask(engine, "POST", path, body: body).unmatched
    }

    @Test("Two tool calls cannot answer a request with legacy functions")
    func legacy() {
        let body = #"{"model":"gpt-4o","messages":[{"role":"user","content":"a"}],"functions":[{"name":"f"}]}"#
        #expect(Self.decision(body)?.contains("allow one call at a time") == true)
    }

    @Test(
        "A chat completion cannot end as failed, and a response cannot have scripted reasoning tokens",
        arguments: [true, false])
    func endings(isAuto: Bool) {
        let chat = #"{"model":"gpt-4o","messages":[{"role":"user","content":"a"}]}"#
        let failed = Self.decision(chat) { step in
            if isAuto { step.answer = .auto }
            step.ending = .failed(code: "server_error", message: "m")
        }
        #expect(failed?.contains("use `error` in the step") == true)
        let thoughts = Self.decision(#"{"model":"gpt-4o","input":"a"}"#, path: "/v1/responses") { step in
            if isAuto { step.answer = .auto }
            step.reasoning = 7
        }
        #expect(thoughts?.contains("reasoning items") == true)
        #expect(Self.decision(chat) { $0.reasoning = 7 } == nil)
    }

    @Test("An automatic answer to an unsatisfiable schema is refused with the reason")
    func obstacle() {
        let body =
            #"{"model":"gpt-4o","messages":[{"role":"user","content":"a"}],"response_format":{"type":"json_schema","#
            + #""json_schema":{"name":"n","schema":{"type":"string","minLength":3,"maxLength":2}}}}"#
        #expect(Self.decision(body) { $0.answer = .auto }?.contains("no document satisfies") == true)
        let engine = Engine(scenario: .auto, wallClock: { 1 })
        let decision = ObjectOperationTests.ask(engine, "POST", "/v1/chat/completions", body: body)
        #expect(decision.unmatched?.contains("no document satisfies") == true)
    }
}

extension ToolTemplate {
    fileprivate init(name: String) { self.init(name: Template(literal: name), arguments: TemplateValue(literal: [:])) }
}
