import SparringJSON
import SparringWire
import Testing

@testable import SparringAPI

@Suite("Requests that the API rejects")
struct LenientRequestTests {
    private static func check(_ endpoint: Endpoint, _ text: String, _ validation: Validation) throws -> any CheckedCall
    {
        let body = try JSONValue.parse(Array(text.utf8))
        return try LenientRequest(endpoint, body: body, models: .builtIn).call(validation)
    }

    private static let hi = #""messages":[{"role":"user","content":"hi"}]"#
    private static let chat = #"{"model":"gpt-4o-mini",\#(hi)"#

    @Test(
        "A lenient session answers a rejected request without its invalid parts",
        arguments: [
            (Endpoint.chatCompletions, chat + #","max_tokens":0,"max_completion_tokens":0}"#),
            (.chatCompletions, chat + #","nonsense":1,"temperature":"hot","n":1000,"logit_bias":{"foo":0}}"#),
            (.chatCompletions, chat + #","stream":false,"stream_options":{"include_usage":true}}"#),
            (.chatCompletions, chat + #","tools":[{"type":"function","function":{}}],"tool_choice":"required"}"#),
            (.chatCompletions, chat + #","metadata":{"a.b":7}}"#),
            (.chatCompletions, #"{"model":"my-own-model",\#(hi)}"#),
            (.chatCompletions, #"{"model":"text-embedding-3-small",\#(hi)}"#),
            (
                .chatCompletions,
                #"{"model":"gpt-4o","messages":[{"role":"user","content":"hi"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"d","content":"x"}]}"#
            ),
            (.embeddings, #"{"model":"text-embedding-3-small","input":"hi","dimensions":0,"encoding_format":"hex"}"#),
            (.embeddings, #"{"model":"gpt-4o","input":"hi"}"#),
            (.completions, #"{"model":"gpt-3.5-turbo-instruct","best_of":0,"n":1,"logit_bias":{"foo":0}}"#),
            (.completions, #"{"model":"mine","suffix":"x","stream":false,"stream_options":{},"logprobs":9}"#),
            (.moderations, #"{"model":"mine","input":"hi"}"#),
            (.responses, #"{"model":"mine","input":"hi","text":{"verbosity":"loud"},"top_p":7}"#),
            (.responses, #"{"model":"gpt-4o","input":"hi","previous_response_id":"resp_1","conversation":"conv_1"}"#),
        ])
    func lenient(endpoint: Endpoint, body: String) throws {
        #expect(throws: APIError.self) { try Self.check(endpoint, body, .strict) }
        _ = try Self.check(endpoint, body, .lenient)
        _ = try Self.check(endpoint, body, .examples)
    }

    @Test("A closed or deleted model is accepted with its properties, and a model of another kind only by name")
    func closedModels() throws {
        let seen = ModelTable.builtIn.seen(at: 1_795_219_200, isMoved: false, without: ["ft:gpt-4:a"])
        #expect(seen["gpt-4"] == nil)
        #expect(seen.admitting("gpt-4", to: .chatCompletions)["gpt-4"]?.contextWindow == 8_192)
        #expect(seen.admitting("ft:gpt-4:a", to: .chatCompletions)["ft:gpt-4:a"]?.contextWindow == 8_192)
        #expect(seen.admitting("gpt-4", to: .completions)["gpt-4"]?.kind == .completion(takesSuffix: true))
        #expect(seen.known(in: .examples, model: "ft:gpt-4:a")["ft:gpt-4:a"] != nil)
    }

    @Test("An answer by the document has vectors of numbers, and a probability for every token")
    func documented() throws {
        let context = AnswerInput(created: 1)
        var ids = IDMint(seed: 1)
        func body(_ endpoint: Endpoint, _ text: String) throws -> JSONValue {
            let call = try #require(try Self.check(endpoint, text, .strict).asDocumented)
            guard case .whole(let bytes) = call.render(saying: nil, context: context, ids: &ids).answer.body else {
                return .null
            }
            return try JSONValue.parse(bytes)
        }
        let vectors = #"{"model":"text-embedding-3-small","input":"hi","encoding_format":"base64"}"#
        #expect(try body(.embeddings, vectors)["data"]?[0]?["embedding"]?.array?.count == 1536)
        let echo = #"{"model":"babbage-002","prompt":"hi","echo":true,"logprobs":1}"#
        let logprobs = try body(.completions, echo)["choices"]?[0]?["logprobs"]
        #expect(logprobs?["token_logprobs"]?[0]?.double != nil)
        #expect(logprobs?["top_logprobs"]?[0]?.object?.count == 1)
    }

    @Test("A lenient session keeps the valid parts of a request, including parts of parameters")
    func remainder() throws {
        let body =
            #"{"model":"gpt-4o","n":2,"tools":[{"type":"function"},{"type":"function","function":{"name":"f"}}],\#(Self.hi)}"#
        let request = try #require(try Self.check(.chatCompletions, body, .lenient) as? ChatRequest)
        #expect(request.choices == 2 && request.tools.offered.map(\.name) == ["f"] && request.digest.lastUser == "hi")
    }

    @Test(
        "A lenient session rejects a request without any valid part, with the first error",
        arguments: [
            (Endpoint.chatCompletions, "[]", "We could not parse the JSON body"),
            (.chatCompletions, "{\(hi)}", "you must provide a model parameter"),
            (.chatCompletions, #"{"model":7,\#(hi)}"#, "We could not parse the JSON body"),
            (.chatCompletions, #"{"model":"gpt-4o"}"#, "Missing required parameter: 'messages'."),
            (
                .chatCompletions, #"{"model":"gpt-4o","n":0,"messages":[{"role":"boss","content":"hi"}]}"#,
                "Invalid value: 'boss'."
            ),
            (.embeddings, #"{"model":"text-embedding-3-small"}"#, "'input' is a required property"),
            (.responses, #"{"model":"gpt-4o","input":[]}"#, "One of \"input\""),
        ])
    func unanswerable(endpoint: Endpoint, body: String, says: String) throws {
        let error = #expect(throws: APIError.self) { try Self.check(endpoint, body, .lenient) }
        #expect(error?.message.hasPrefix(says) ?? false)
    }

    @Test(
        "A session with examples fills in missing parameters, which a lenient session rejects",
        arguments: [
            (Endpoint.chatCompletions, "{}"), (.chatCompletions, #"{"model":null,"messages":[]}"#),
            (.responses, "{}"), (.responses, #"{"stream":true}"#), (.embeddings, #"{"model":"","input":""}"#),
        ])
    func examples(endpoint: Endpoint, body: String) throws {
        #expect(throws: APIError.self) { try Self.check(endpoint, body, .lenient) }
        _ = try Self.check(endpoint, body, .examples)
    }

    @Test("A lenient session rejects a request with 1,000 unknown parameters")
    func endless() throws {
        let unknown = (0..<1000).map { #","x\#($0)":1"# }.joined()
        #expect(throws: APIError.self) { try Self.check(.chatCompletions, Self.chat + unknown + "}", .lenient) }
    }

    @Test("A strict session checks a request only once")
    func once() {
        var checks = 0
        let draft = LenientRequest(.chatCompletions, body: [:], models: .builtIn)
        #expect(throws: APIError.missing("messages")) {
            try draft.passing(.strict) { _ throws(APIError) -> Int in
                checks += 1
                throw .missing("messages")
            }
        }
        #expect(checks == 1)
    }

    @Test("A lenient session ignores a list parameter that is out of range")
    func query() throws {
        let query = QueryItems(target: "/v1/chat/completions?limit=0&order=up&after=a&metadata%5Bk%5D=v")
        let draft = LenientRequest(.models, body: .none, query: query, models: .builtIn)
        let list = try draft.passing(.lenient) { draft throws(APIError) in
            try ListQuery(draft.query, order: .ascending)
        }
        #expect(list == (try ListQuery(QueryItems(target: "?after=a"), order: .ascending)))
    }
}
