import SparringAPI
import SparringJSON
import SparringWire
import Testing

@testable import SparringCassette

@Suite("Recordings rendered in the other API")
struct RerenderingTests {
    /// An exchange with this answer. The answer is a stream with a piece every 10 ms.
    private static func recorded(_ answer: String, isStream: Bool = false, ending: RecordedEnding = .complete)
        -> RecordedExchange
    {
        let body = Array(answer.utf8)
        let events = isStream ? answer.split(separator: "\n\n").map { $0.utf8.count + 2 } : [body.count]
        let pieces = events.enumerated().map { RecordedPiece(at: Int64($0 + 1) * 10_000_000, count: $1) }
        return RecordedExchange(
            session: "s", number: 1, startedAt: 0, request: RecordedRequest(method: "POST", target: "/v1/x"),
            answer: RecordedAnswer(
                status: 200, reason: "OK",
                headers: ["content-type": isStream ? "text/event-stream" : "application/json", "x-kept": "yes"],
                headAt: 5, body: body, pieces: pieces, endAt: pieces.last?.at ?? 0), ending: ending)
    }

    private static func other(_ api: RenderedAPI) -> RenderedAPI { api == .chat ? .responses : .chat }

    private static func rendered(
        _ exchange: RecordedExchange, from api: RenderedAPI, stream: Bool
    ) throws -> RecordedExchange {
        var exchange = exchange
        let request: JSONObject = ["stream": .bool(stream), "stream_options": ["include_usage": true]]
        exchange.answer = try Rerendering(api: other(api), request: request).rendered(exchange, from: api)
        return exchange
    }

    static let whole = #"""
        {"id":"chatcmpl-1","object":"chat.completion","created":7,"model":"m","choices":[{"index":0,"message":{"role":"assistant",
        "content":"héllo","tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},
        {"id":"call_2","type":"function","function":{"name":"g","arguments":"{}"}}],"refusal":null,"annotations":[]},
        "logprobs":null,"finish_reason":"length"}],"usage":{"prompt_tokens":9,"completion_tokens":5,"total_tokens":14,
        "prompt_tokens_details":{"cached_tokens":3},"completion_tokens_details":{"reasoning_tokens":2}},"service_tier":"flex"}
        """#

    static let stream = [
        #"{"id":"c","model":"m","created":7,"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#,
        #"{"id":"c","model":"m","created":7,"choices":[{"index":0,"delta":{"content":"hé"}}]}"#,
        #"{"id":"c","model":"m","created":7,"choices":[{"index":0,"delta":{"content":"llo"}}]}"#,
        #"{"id":"c","model":"m","created":7,"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
        #"{"id":"c","model":"m","created":7,"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":5}}"#, "[DONE]",
    ].map { "data: \($0)\n\n" }.joined()

    @Test(
        "A recording rendered in the other API and back is unchanged, whole or streamed", arguments: [true, false],
        [true, false])
    func thereAndBack(first: Bool, second: Bool) throws {
        let there = try Self.rendered(Self.recorded(Self.whole), from: .chat, stream: first)
        let response = try #require(there.answer)
        #expect(response.headers["x-sparring-rendered"] == "responses" && response.headers["x-kept"] == "yes")
        let back = try #require(try Self.rendered(there, from: .responses, stream: second).answer)
        guard !second else {
            let text = String(decoding: back.body, as: UTF8.self)
            #expect(text.contains(#""delta":{"content":"héllo"}"#) && text.contains(#""finish_reason":"length""#))
            #expect(text.hasSuffix("data: [DONE]\n\n") && text.contains(#""total_tokens":14"#), "\(text)")
            return
        }
        var (json, wanted) = (try JSONValue.parse(back.body), try JSONValue.parse(Array(Self.whole.utf8)))
        #expect(json["id"]?.string?.hasPrefix("chatcmpl-") == true)
        #expect(json["choices"] == wanted["choices"], "\(json.text())")
        for name in ["model", "created", "service_tier"] { #expect(json[name] == wanted[name]) }
        (json, wanted) = (json["usage"] ?? .null, wanted["usage"] ?? .null)
        #expect(json["total_tokens"] == 14 && json["prompt_tokens_details"]?["cached_tokens"] == 3)
        #expect(json["completion_tokens_details"]?["reasoning_tokens"] == 2)
    }

    @Test("A rendered stream keeps the recorded pieces and times, with numbered events")
    func rhythm() throws {
        let exchange = try Self.rendered(Self.recorded(Self.stream, isStream: true), from: .chat, stream: true)
        let answer = try #require(exchange.answer)
        let text = String(decoding: answer.body, as: UTF8.self)
        let events = text.split(separator: "\n\n").map { String($0.split(separator: "\n")[0].dropFirst(7)) }
        #expect(
            events == [
                "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
                "response.output_text.delta", "response.output_text.delta", "response.output_text.done",
                "response.content_part.done", "response.output_item.done", "response.completed",
            ])
        let datas = text.split(separator: "\n\n").map { $0.split(separator: "\n")[1].dropFirst(6) }
        let numbers = try datas.map { try JSONValue.parse(Array($0.utf8))["sequence_number"]?.int }
        #expect(numbers == Array(0..<10))
        #expect(answer.pieces.map(\.at) == [20_000_000, 30_000_000, 50_000_000])
        #expect(answer.pieces.reduce(0) { $0 + $1.count } == answer.body.count)
        let last = try JSONValue.parse(Array((datas.last ?? "").utf8))["response"]
        #expect(last?["output"]?[0]?["content"]?[0]?["text"] == "héllo" && last?["usage"]?["output_tokens"] == 5)

        let whole = try Self.rendered(Self.recorded(Self.stream, isStream: true), from: .chat, stream: false).answer
        #expect(whole?.pieces.map(\.at) == [50_000_000] && whole?.headers["content-type"] == "application/json")
        #expect(whole?.headers["content-length"] == whole.map { String($0.body.count) })
    }

    private static func chat(_ choice: String) -> String { #"{"id":"c","choices":[\#(choice)]}"# }
    private static func response(_ output: String, _ status: String = "completed") -> String {
        #"{"id":"r","status":"\#(status)","output":[\#(output)]}"#
    }
    private static let said = #"{"type":"message","content":[{"type":"output_text","text":"a"}]}"#

    static let uncarried: [(RenderedAPI, String, String)] = [
        (.chat, chat(#"{"message":{"content":"a"},"finish_reason":"stop"},{}"#), "$.choices[1]"),
        (.chat, chat(""), "$.choices"),
        (.chat, chat(#"{"message":{"content":"a"},"finish_reason":null}"#), "$.choices[0].finish_reason"),
        (.chat, chat(#"{"message":{"audio":{"id":"x"}},"finish_reason":"stop"}"#), "$.choices[0].message.audio"),
        (
            .chat, chat(#"{"message":{"content":"a","annotations":[{}]},"finish_reason":"stop"}"#),
            "$.choices[0].message.annotations"
        ),
        (.chat, chat(#"{"message":{"content":"a"},"logprobs":{},"finish_reason":"stop"}"#), "$.choices[0].logprobs"),
        (
            .chat, chat(#"{"message":{"tool_calls":[{"type":"custom","id":"x"}]},"finish_reason":"stop"}"#),
            "$.choices[0].message.tool_calls[0]"
        ),
        (.responses, response(#"{"type":"web_search_call"}"#), "$.output[0]"),
        (.responses, response("\(said),\(said)"), "$.output[1]"),
        (.responses, response(#"{"type":"function_call","call_id":"c","name":"n"},\#(said)"#), "$.output[1]"),
        (.responses, response(#"{"type":"reasoning","summary":[{}]}"#), "$.output[0].summary"),
        (.responses, response(#"{"type":"reasoning","encrypted_content":"x"}"#), "$.output[0].encrypted_content"),
        (
            .responses, response(#"{"type":"message","content":[{"text":"a","annotations":[{}]}]}"#),
            "$.output[0].content[0].annotations"
        ),
        (
            .responses, response(#"{"type":"message","content":[{"text":"a"},{"text":"b"}]}"#),
            "$.output[0].content[1]"
        ),
        (.responses, response(said, "failed"), "$.status"),
    ]

    @Test("An answer that the other API cannot express is rejected with the place", arguments: uncarried)
    func refused(api: RenderedAPI, answer: String, place: String) throws {
        let exchange = Self.recorded(answer)
        let error = #expect(throws: ConversionError.self) { try Self.rendered(exchange, from: api, stream: false) }
        #expect(error?.place == place, "\(String(describing: error))")
    }

    @Test("A broken recording is not rendered")
    func broken() throws {
        let cut = Self.recorded(Self.whole, ending: .reset)
        #expect(throws: ConversionError.self) { try Self.rendered(cut, from: .chat, stream: false) }
        for last in [#"data: {"error":{"message":"x"}}"# + "\n\n", ""] {
            let text = Self.stream.components(upTo: 3) + last
            #expect(throws: ConversionError.self) {
                try Self.rendered(Self.recorded(text, isStream: true), from: .chat, stream: true)
            }
        }
        let event = "event: response.created\ndata: {\"type\":\"response.created\"}\n\n"
        #expect(throws: ConversionError.self) {
            try Self.rendered(Self.recorded(event, isStream: true), from: .responses, stream: true)
        }
    }

    @Test("A rendered error is the recorded error")
    func failed() throws {
        var exchange = Self.recorded(#"{"error":{"message":"no"}}"#)
        exchange.answer?.status = 429
        let answer = try Self.rendered(exchange, from: .chat, stream: true).answer
        #expect(answer?.body == exchange.answer?.body && answer?.headers["x-sparring-rendered"] == "responses")
    }

    @Test(
        "A rendered answer that was cut off is incomplete, and its finished items are completed",
        arguments: [true, false])
    func cutOff(stream: Bool) throws {
        let answer = try #require(
            try Self.rendered(Self.recorded(Self.whole), from: .chat, stream: stream).answer)
        let text = String(decoding: answer.body, as: UTF8.self)
        let last = stream ? text.split(separator: "\n").last { $0.hasPrefix("data: ") }?.dropFirst(6) ?? "" : text[...]
        let json = try JSONValue.parse(Array(last.utf8))
        let response = stream ? json["response"] ?? .null : json
        #expect(stream ? json["type"] == "response.incomplete" : true)
        #expect(response["status"] == "incomplete" && response["completed_at"]?.isNull == true)
        #expect(response["incomplete_details"]?["reason"] == "max_output_tokens")
        let states = response["output"]?.array?.map { $0["status"]?.string }
        #expect(states == ["completed", "completed", "incomplete"])
    }

    // MARK: Requests

    static let pairs: [(chat: String, responses: String)] = [
        (#"{"messages":[{"role":"user","content":"a"}]}"#, #"{"input":"a"}"#),
        (
            #"{"messages":[{"role":"system","content":"s"},{"role":"user","content":"a"}],"max_tokens":5,"n":1,"stream":true}"#,
            #"{"instructions":"s","input":"a","max_output_tokens":5,"store":false,"truncation":"disabled"}"#
        ),
        (
            #"{"messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"u"}}]}],"reasoning_effort":"low","verbosity":"low"}"#,
            #"{"input":[{"role":"developer","content":"s"},{"type":"message","role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_image","image_url":"u","detail":"auto"}]}],"reasoning":{"effort":"low","summary":null},"text":{"verbosity":"low","format":{"type":"text"}}}"#
        ),
        (
            #"{"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"r"}]}"#,
            #"{"input":[{"type":"reasoning","id":"rs"},{"type":"function_call","id":"fc","status":"completed","call_id":"c","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"r"}]}"#
        ),
        (
            #"{"messages":[],"tools":[{"type":"function","function":{"name":"f","parameters":{}}}],"tool_choice":{"type":"function","function":{"name":"f"}},"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{}}}}"#,
            #"{"input":[],"tools":[{"type":"function","name":"f","parameters":{},"strict":true}],"tool_choice":{"type":"function","name":"f"},"text":{"format":{"type":"json_schema","name":"n","schema":{}}}}"#
        ),
    ]

    private static func form(_ text: String, _ api: RenderedAPI) -> CassetteFingerprint? {
        NormalRequest.common(
            method: "POST", target: api == .chat ? "/v1/chat/completions" : "/v1/responses", body: Array(text.utf8),
            of: api, ignored: [])?.fingerprint
    }

    @Test("A request of the other API with the same meaning matches the recorded request", arguments: pairs)
    func asks(chat: String, responses: String) {
        #expect(Self.form(chat, .chat) != nil)
        #expect(Self.form(chat, .chat) == Self.form(responses, .responses))
    }

    @Test(
        "A request with other content does not match in the other API",
        arguments: [
            #"{"input":"b"}"#, #"{"input":"a","instructions":"s"}"#, #"{"input":"a","previous_response_id":"r"}"#,
            #"{"input":[{"role":"assistant","content":"a"}]}"#, #"{"input":"a","temperature":0.5}"#,
            #"{"input":"a","reasoning":{"summary":"auto"}}"#, #"{"input":"a","tools":[{"type":"web_search"}]}"#,
            #"{"input":"a","include":["message.output_text.logprobs"]}"#, #"{"input":"a","background":true}"#,
        ])
    func asksElse(responses: String) {
        #expect(Self.form(responses, .responses) != Self.form(Self.pairs[0].chat, .chat))
    }
}

extension String {
    /// The first events of a stream.
    fileprivate func components(upTo count: Int) -> String {
        split(separator: "\n\n").prefix(count).map { "\($0)\n\n" }.joined()
    }
}
