import SparringJSON
import SparringWire
import Testing

@testable import SparringAPI

@Suite("Chat answers")
struct ChatAnswerTests {
    private static func answer(
        _ body: ChatBody, _ content: Content, reasoning: Int = 0, ending: ResponsesEnding? = nil
    ) throws -> Answer {
        var context = AnswerInput(created: 100)
        var ids = IDMint(seed: 1)
        (context.reasoningTokens, context.ending) = (reasoning, ending)
        return try body.check().render(saying: content, context: context, ids: &ids).answer
    }

    private static func whole(
        _ body: ChatBody, _ content: Content, reasoning: Int = 0, ending: ResponsesEnding? = nil
    ) throws -> JSONValue {
        guard case .whole(let bytes) = try answer(body, content, reasoning: reasoning, ending: ending).body else {
            return .null
        }
        return try JSONValue.parse(bytes)
    }

    private static func chunks(_ body: ChatBody, _ content: Content) throws -> [JSONValue] {
        guard case .events(let events) = try answer(body, content).body else { return [] }
        return try events.dropLast().map { try JSONValue.parse($0.data) }
    }

    private static func details(_ document: JSONValue, _ name: String) -> Int? {
        document["usage"]?["completion_tokens_details"]?[name]?.int
    }

    // MARK: Sound

    private static let speech = #""modalities":["text","audio"],"audio":{"voice":"alloy","format":"pcm16"}"#

    @Test("An audio chat answer contains sound and transcript, with separate token counts")
    func spoken() throws {
        let document = try Self.whole(ChatBody(Self.speech, model: "gpt-audio"), .text("Hello big world"))
        let message = document["choices"]?[0]?["message"]
        #expect(message?["content"] == .some(.null))
        #expect(message?["audio"]?["transcript"] == "Hello big world")
        #expect(message?["audio"]?["expires_at"]?.int == 3700)
        #expect(message?["audio"]?["id"]?.string?.hasPrefix("audio_") == true)
        #expect(message?["audio"]?["data"]?.string == Base64.text(AudioClip(tenths: 3).pcm))
        #expect(document["choices"]?[0]?["logprobs"] == nil)
        #expect(Self.details(document, "audio_tokens") == 6)
        #expect(Self.details(document, "text_tokens") == 3)
        #expect(document["usage"]?["completion_tokens"]?.int == 9)
    }

    @Test("A streamed audio chat answer sends sound with its transcript, and its expiry last")
    func spokenStream() throws {
        let chunks = try Self.chunks(
            ChatBody(Self.speech + #","stream":true"#, model: "gpt-audio"), .text("Hello big world"))
        let parts = chunks.compactMap { $0["choices"]?[0]?["delta"]?["audio"] }
        #expect(parts.first?["id"]?.string?.hasPrefix("audio_") == true)
        #expect(parts.compactMap { $0["transcript"]?.string }.joined() == "Hello big world")
        // A tenth of a second is 4800 bytes, a multiple of 3, so base64 needs no padding between pieces.
        #expect(parts.compactMap { $0["data"]?.string }.joined() == Base64.text(AudioClip(tenths: 3).pcm))
        #expect(parts.last?["expires_at"]?.int == 3700)
        #expect(chunks.last?["choices"]?[0]?["finish_reason"] == nil)
        #expect(chunks.dropLast().last?["choices"]?[0]?["finish_reason"] == "stop")
    }

    @Test("A chat prompt counts the tokens of its sound by length")
    func heard() throws {
        let wav = Base64.text(AudioClip(tenths: 20).bytes("wav"))
        let body = ChatBody(
            messages:
                #"[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"\#(wav)","format":"wav"}}]}]"#,
            model: "gpt-audio")
        let usage = try Self.whole(body, .text("A tone"))["usage"]?["prompt_tokens_details"]
        #expect(usage?["audio_tokens"]?.int == 20)
    }

    // MARK: Predictions, reasoning and moderation

    @Test("A chat answer counts the accepted and rejected tokens of a prediction")
    func prediction() throws {
        let body = ChatBody(#""prediction":{"type":"content","content":"one two three four"}"#)
        let document = try Self.whole(body, .text("one two five four"))
        #expect(Self.details(document, "accepted_prediction_tokens") == 3)
        #expect(Self.details(document, "rejected_prediction_tokens") == 1)
        #expect(document["usage"]?["completion_tokens"]?.int == 5)
    }

    @Test(
        "A chat answer counts reasoning tokens, and is empty when they use up the limit",
        arguments: [(64, 100), (64, 64)])
    func reasoning(tokens: Int, limit: Int) throws {
        let body = ChatBody(#""max_completion_tokens":\#(limit)"#, model: "gpt-5")
        let document = try Self.whole(body, .text("Hello big world"), reasoning: tokens)
        let choice = document["choices"]?[0]
        let isSpent = tokens == limit
        #expect(Self.details(document, "reasoning_tokens") == tokens)
        #expect(document["usage"]?["completion_tokens"]?.int == tokens + (isSpent ? 0 : 9 + 3), "9 for the framing")
        #expect(choice?["message"]?["content"]?.string == (isSpent ? "" : "Hello big world"))
        #expect(choice?["finish_reason"]?.string == (isSpent ? "length" : "stop"))
    }

    @Test("A chat answer can end with finish_reason content_filter")
    func filtered() throws {
        let document = try Self.whole(ChatBody(""), .text("Hello"), ending: .incomplete(reason: "content_filter"))
        #expect(document["choices"]?[0]?["finish_reason"] == "content_filter")
    }

    @Test("A chat answer reports that moderation is not emulated, whole and streamed")
    func moderation() throws {
        let members = #""moderation":{"model":"omni-moderation-latest"}"#
        let document = try Self.whole(ChatBody(members), .text("Hello"))
        #expect(document["moderation"]?["output"]?["code"] == "sparring_not_emulated")
        let chunks = try Self.chunks(ChatBody(members + #","stream":true"#), .text("Hello"))
        #expect(chunks.last?["choices"] == .array([]))
        #expect(chunks.last?["moderation"]?["input"]?["type"] == "error")
    }

    // MARK: Calls

    private static let call = ToolCall(name: "f", arguments: #"{"a":1}"#)
    private static let functions = #""functions":[{"name":"f"}]"#

    @Test("A chat answer to a request with `functions` calls one in the older format")
    func legacy() throws {
        let choice = try Self.whole(ChatBody(Self.functions), .toolCalls([Self.call], text: nil))["choices"]?[0]
        #expect(choice?["message"]?["function_call"] == ["name": "f", "arguments": #"{"a":1}"#])
        #expect(choice?["message"]?["tool_calls"] == nil)
        #expect(choice?["finish_reason"] == "function_call")
        let chunks = try Self.chunks(ChatBody(Self.functions + #","stream":true"#), .toolCalls([Self.call], text: nil))
        #expect(
            chunks[0]["choices"]?[0]?["delta"]?.text()
                == #"{"role":"assistant","content":null,"function_call":{"name":"f","arguments":""},"refusal":null}"#)
        let parts = chunks.dropFirst().compactMap {
            $0["choices"]?[0]?["delta"]?["function_call"]?["arguments"]?.string
        }
        #expect(parts.joined() == #"{"a":1}"#)
    }

    @Test("A chat answer to a forced function has finish_reason stop", arguments: ["functions", "tools"])
    func forced(kind: String) throws {
        let members =
            kind == "functions"
            ? Self.functions + #","function_call":{"name":"f"}"#
            : #""tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"function","function":{"name":"f"}}"#
        let choice = try Self.whole(ChatBody(members), .toolCalls([Self.call], text: nil))["choices"]?[0]
        #expect(choice?["finish_reason"] == "stop")
    }

    @Test("A chat answer passes the text of a custom tool unchanged", arguments: [#""ls -l""#, #"{"a":1}"#])
    func custom(arguments: String) throws {
        let tools = #""tools":[{"type":"custom","custom":{"name":"run"}}]"#
        let input = arguments == #""ls -l""# ? "ls -l" : arguments
        let calls = Content.toolCalls([ToolCall(name: "run", arguments: arguments)], text: nil)
        let made = try Self.whole(ChatBody(tools), calls)["choices"]?[0]?["message"]?["tool_calls"]?[0]
        #expect(made?["type"] == "custom")
        #expect(made?["custom"] == ["name": "run", "input": .string(input)])
        let chunks = try Self.chunks(ChatBody(tools + #","stream":true"#), calls)
        let deltas = chunks.compactMap { $0["choices"]?[0]?["delta"]?["tool_calls"]?[0]?["custom"]?["input"]?.string }
        #expect(deltas.joined() == input)
    }

    // MARK: Families

    @Test("A chat answer of a search model has its own id format, an empty fingerprint and no tier")
    func search() throws {
        let document = try Self.whole(ChatBody("", model: "gpt-4o-search-preview"), .text("Hello"))
        #expect(document["id"]?.string?.count == "chatcmpl-1cefb1cd-6d8f-41f1-924e-ca6b66b5d611".count)
        #expect(document["system_fingerprint"] == "")
        #expect(document["service_tier"] == nil)
        #expect(document["choices"]?[0]?["logprobs"] == nil)
    }

    @Test(
        "A chat answer names the service tier that answered",
        arguments: [("auto", "default"), ("flex", "flex"), ("fast", "priority"), ("priority", "priority")])
    func tier(asked: String, answered: String) throws {
        let document = try Self.whole(ChatBody(#""service_tier":"\#(asked)""#), .text("Hello"))
        #expect(document["service_tier"]?.string == answered)
    }

    @Test("A chat answer has the same fingerprint for the same seed only")
    func fingerprint() throws {
        func fingerprint(_ seed: Int) throws -> JSONValue? {
            try Self.whole(ChatBody(#""seed":\#(seed)"#), .text("Hello"))["system_fingerprint"]
        }
        let (first, again, other) = (try fingerprint(1), try fingerprint(1), try fingerprint(2))
        #expect(first == again)
        #expect(first != other)
    }
}
