import SparringJSON
import SparringWire
import Testing

@testable import SparringAPI

@Suite("Chat requests")
struct ChatRequestTests {
    /// A minimal request body with further members.
    private static func body(_ members: String, model: String = "gpt-4o-mini") -> String {
        #"{"model":"\#(model)","messages":[{"role":"user","content":"say json"}]"#
            + (members.isEmpty ? "}" : ",\(members)}")
    }

    private static func check(_ body: String) throws -> ChatRequest {
        try ChatRequest.check(try JSONValue.parse(body), models: .builtIn)
    }

    private static func answer(_ body: String, _ content: Content) throws -> Answer {
        let context = AnswerInput(created: 1)
        var ids = IDMint(seed: 1)
        return try check(body).render(saying: content, context: context, ids: &ids).answer
    }

    private static func document(_ answer: Answer) throws -> JSONValue {
        guard case .whole(let bytes) = answer.body else { return .null }
        return try JSONValue.parse(bytes)
    }

    private static func chunks(_ answer: Answer) throws -> [JSONValue] {
        guard case .events(let events) = answer.body else { return [] }
        #expect(events.last == .done)
        return try events.dropLast().map { try JSONValue.parse($0.data) }
    }

    @Test(
        "An invalid chat request gets the API's own error message, code and parameter",
        arguments: [
            (#"{"messages":[]}"#, "you must provide a model parameter", nil, nil),
            (#"{"model":7,"messages":[]}"#, "We could not parse the JSON body", nil, nil),
            (
                #"{"model":"gpt-4o"}"#, "Missing required parameter: 'messages'.", "missing_required_parameter",
                "messages"
            ),
            (#"{"model":"gpt-4o","messages":[]}"#, "Invalid 'messages': empty array.", "empty_array", "messages"),
            (
                body(#""stor":true"#), "Unknown parameter: 'stor'. Did you mean 'stop' or 'store'?",
                "unknown_parameter", "stor"
            ),
            (body(#""n":"2""#), "expected an integer, but got a string instead.", "invalid_type", "n"),
            (body(#""n":130"#), "Expected a value <= 128, but got 130 instead.", "integer_above_max_value", "n"),
            (
                body(#""temperature":3"#), "Expected a value <= 2, but got 3 instead.", "decimal_above_max_value",
                "temperature"
            ),
            (
                body(#""temperature":-0.5"#), "Expected a value >= 0, but got -0.5 instead.", "decimal_below_min_value",
                "temperature"
            ),
            (body(#""stop":["a","b","c","d","e"]"#), "maximum length 4", "array_above_max_length", "stop"),
            (body(#""stream_options":{}"#), "only allowed when 'stream' is enabled", nil, "stream_options"),
            (
                body(#""stream":true,"stream_options":{"x":1}"#), "'stream_options.x'", "unknown_parameter",
                "stream_options.x"
            ),
            (body(#""top_logprobs":2"#), "only allowed when 'logprobs' is enabled", nil, "top_logprobs"),
            (
                body(#""tools":[{"type":"function","function":{}}]"#), "'tools[0].function.name'",
                "missing_required_parameter", "tools[0].function.name"
            ),
            (body(#""max_tokens":99999"#), "max_tokens is too large: 99999", "invalid_value", "max_tokens"),
            (
                body(#""max_tokens":5"#, model: "o3-mini"), "Use 'max_completion_tokens' instead.",
                "unsupported_parameter", "max_tokens"
            ),
            (
                body(#""temperature":0.2"#, model: "gpt-5"), "Only the default (1) value is supported.",
                "unsupported_value", "temperature"
            ),
            (
                #"{"model":"gpt-4o","messages":[{"role":"user","content":null}]}"#, "expected a string, got null.", nil,
                "messages.[0].content"
            ),
            (
                #"{"model":"gpt-4o","messages":[{"role":"boss","content":"x"}]}"#, "Invalid value: 'boss'.",
                "invalid_value", "messages[0].role"
            ),
            (
                #"{"model":"gpt-4o","messages":[{"role":"tool","tool_call_id":"x","content":"y"}]}"#, "preceeding", nil,
                "messages.[0].role"
            ),
        ] as [(String, String, String?, String?)])
    func complaints(body: String, message: String, code: String?, param: String?) {
        let error = #expect(throws: APIError.self) { try Self.check(body) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        #expect(error?.code == code)
        #expect(error?.param == param)
    }

    @Test("A chat request with several errors reports the first one in the API's order")
    func order() {
        let body =
            #"{"temperature":-0.5,"max_tokens":0,"messages":[{"role":"user","content":null}],"model":"gpt-5-nano"}"#
        #expect(#expect(throws: APIError.self) { try Self.check(body) }?.param == "max_tokens")
    }

    @Test("A streamed chat answer has role, tokens, finish and usage, and the text of the whole answer")
    func stream() throws {
        let body = Self.body(#""stream":true,"stream_options":{"include_usage":true}"#)
        let chunks = try Self.chunks(try Self.answer(body, .text("Hello big world")))
        #expect(chunks.first?["choices"]?[0]?["delta"]?.text() == #"{"role":"assistant","content":"","refusal":null}"#)
        #expect(chunks.compactMap { $0["choices"]?[0]?["delta"]?["content"]?.string }.joined() == "Hello big world")
        #expect(chunks.dropLast().last?["choices"]?[0]?["finish_reason"] == "stop")
        #expect(chunks.last?["usage"]?["completion_tokens"]?.int == 3)
        #expect(chunks.dropLast().allSatisfy { $0["usage"] == .some(.null) })
    }

    @Test("A streamed refusal begins with an empty refusal and without content")
    func refusalStream() throws {
        let chunks = try Self.chunks(try Self.answer(Self.body(#""stream":true"#), .refusal("I can't.")))
        #expect(chunks.first?["choices"]?[0]?["delta"]?.text() == #"{"role":"assistant","content":null,"refusal":""}"#)
        #expect(chunks.compactMap { $0["choices"]?[0]?["delta"]?["refusal"]?.string }.joined() == "I can't.")
    }

    @Test("Padding makes every chunk one byte longer than a multiple of 16, and can be turned off")
    func padding() throws {
        guard case .events(let events) = try Self.answer(Self.body(#""stream":true"#), .text("a bb ccc dddd")).body
        else { return }
        #expect(events.dropLast().allSatisfy { $0.data.count % 16 == 1 })
        let bare = try Self.chunks(
            try Self.answer(Self.body(#""stream":true,"stream_options":{"include_obfuscation":false}"#), .text("a")))
        #expect(bare.allSatisfy { $0["obfuscation"] == nil })
    }

    @Test(
        "Stop sequences and the output limit cut a chat answer and set its finish_reason",
        arguments: [
            (#""stop":"big""#, "Hello ", "stop"), (#""max_tokens":2"#, "Hello big", "length"),
            ("", "Hello big world", "stop"),
        ])
    func limits(members: String, text: String, finish: String) throws {
        let choice = try Self.document(try Self.answer(Self.body(members), .text("Hello big world")))["choices"]?[0]
        #expect(choice?["message"]?["content"]?.string == text)
        #expect(choice?["finish_reason"]?.string == finish)
    }

    @Test("A chat request with n has n choices with their indices, and usage counts all of them")
    func several() throws {
        let document = try Self.document(try Self.answer(Self.body(#""n":3"#), .text("Hello")))
        #expect(document["choices"]?.array?.map { $0["index"]?.int } == [0, 1, 2])
        #expect(document["usage"]?["completion_tokens"]?.int == 3)
    }

    @Test("A stream sends one tool call together with the role, and several calls after the role", arguments: [1, 2])
    func toolCalls(count: Int) throws {
        let calls = (0..<count).map { ToolCall(name: "f\($0)", arguments: #"{"a":1}"#) }
        let chunks = try Self.chunks(try Self.answer(Self.body(#""stream":true"#), .toolCalls(calls, text: nil)))
        #expect((chunks[0]["choices"]?[0]?["delta"]?["tool_calls"] != nil) == (count == 1))
        let deltas = chunks.compactMap { $0["choices"]?[0]?["delta"]?["tool_calls"]?[0] }
        #expect(deltas.compactMap { $0["function"]?["name"]?.string } == calls.map(\.name))
        #expect(
            deltas.filter { $0["index"]?.int == 0 }.compactMap { $0["function"]?["arguments"]?.string }.joined()
                == #"{"a":1}"#)
        #expect(chunks.last?["choices"]?[0]?["finish_reason"] == "tool_calls")
    }

    @Test(
        "Durations are written in Go's format",
        arguments: [
            (0, "0s"), (20, "20ms"), (8_640, "8.64s"), (86_400, "1m26.4s"), (360_000, "6m0s"), (3_723_000, "1h2m3s"),
        ])
    func durations(milliseconds: Int, text: String) { #expect(GoDuration.text(.milliseconds(milliseconds)) == text) }

    @Test(
        "A model is found by its alias, snapshot or fine-tune name",
        arguments: [
            ("gpt-4o", "gpt-4o-2024-08-06"), ("gpt-4o-2024-05-13", "gpt-4o-2024-05-13"),
            ("ft:gpt-4o-mini:org:x:id", "ft:gpt-4o-mini:org:x:id"), ("gpt-4-0613", "gpt-4-0613"),
        ])
    func models(id: String, snapshot: String) { #expect(ModelTable.builtIn[id]?.snapshot == snapshot) }
}
