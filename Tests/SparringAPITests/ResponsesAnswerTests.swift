import SparringJSON
import SparringWire
import Testing

@testable import SparringAPI

@Suite("Responses answers")
struct ResponsesAnswerTests {
    static func events(_ body: String, _ content: Content, limit: Int? = nil) throws -> [Event] {
        var request = try ResponsesFixture.check(body)
        if let limit { request.outputLimit = limit }
        let context = ResponsesFixture.context
        var ids = IDMint(seed: 1)
        guard case .events(let events) = request.render(saying: content, context: context, ids: &ids).answer.body else {
            Issue.record("no events")
            return []
        }
        return events
    }

    static func whole(_ body: String, _ content: Content, limit: Int? = nil) throws -> JSONValue {
        var request = try ResponsesFixture.check(body)
        if let limit { request.outputLimit = limit }
        let context = ResponsesFixture.context
        var ids = IDMint(seed: 1)
        guard case .whole(let bytes) = request.render(saying: content, context: context, ids: &ids).answer.body else {
            Issue.record("no whole body")
            return nil
        }
        return try JSONValue.parse(bytes)
    }

    static let stream = #"{"model":"gpt-4o-mini","input":"hi","stream":true}"#
    static let text =
        #"output_item.added content_part.added output_text.delta output_text.done content_part.done output_item.done"#
    static let call = "output_item.added function_call_arguments.delta function_call_arguments.done output_item.done"
    static let oneCall = Content.toolCalls([ToolCall(name: "f", arguments: "{\"a\":1}")], text: nil)

    struct Case: Sendable {
        var body = ResponsesAnswerTests.stream
        var content: Content
        var limit: Int?
        /// The types of the events, without the prefix `response.`; consecutive deltas count once.
        var order: String
    }

    static let cases: [Case] = [
        Case(content: .text("Hello there."), order: "created in_progress \(text) completed"),
        Case(
            content: .text(""),
            order: "created in_progress \(text.replacing("output_text.delta ", with: "")) completed"
        ),
        Case(
            content: .refusal("I can't."),
            order: "created in_progress \(text.replacing("output_text", with: "refusal")) completed"
        ),
        Case(content: oneCall, order: "created in_progress \(call) completed"),
        Case(
            content: .toolCalls(
                [ToolCall(name: "f", arguments: "{}"), ToolCall(name: "g", arguments: "{}")],
                text: "Let me see."
            ),
            order: "created in_progress \(text) \(call) \(call) completed"
        ),
        Case(
            body: #"{"model":"gpt-5.4","input":"hi","stream":true,"reasoning":{"effort":"low"}}"#,
            content: .text("Hello."),
            order: "created in_progress output_item.added output_item.done \(text) completed"
        ),
        Case(
            body: #"{"model":"gpt-5.4","input":"hi","stream":true}"#,
            content: .text("Hello."),
            order: "created in_progress \(text) completed"
        ),
        Case(content: .text("Hello there."), limit: 1, order: "created in_progress \(text) incomplete"),
    ]

    @Test("Events of a response arrive in the recorded order, numbered from 0 without a gap", arguments: cases)
    func order(of test: Case) throws {
        let events = try Self.events(test.body, test.content, limit: test.limit)
        var types: [String] = []
        for (index, event) in events.enumerated() {
            let data = try JSONValue.parse(event.data)
            #expect(data["sequence_number"]?.int == index)
            #expect(data["type"]?.string == event.name)
            let type = String(event.name?.dropFirst("response.".count) ?? "")
            if type != types.last || !type.hasSuffix(".delta") { types.append(type) }
        }
        #expect(types.joined(separator: " ") == test.order)
        #expect(events.last?.kind == .finish)
        #expect(events.filter { $0.kind == .finish }.count == 1)
        for event in events {
            #expect((event.kind == .content(tokens: 1)) == (event.name?.hasSuffix(".delta") == true))
        }
    }

    @Test("The deltas of a refusal have no padding")
    func refusalDeltas() throws {
        let deltas = try Self.events(Self.stream, .refusal("I can't.")).filter { $0.name == "response.refusal.delta" }
        #expect(deltas.count > 1)
        for event in deltas {
            let names = ["type", "content_index", "delta", "item_id", "output_index", "sequence_number"]
            #expect(try JSONValue.parse(event.data).object?.names == names)
        }
    }

    @Test("The deltas of a response add up to the text, and their padding fills 16 bytes")
    func deltas() throws {
        let text = "He said \"no\"\\\n– naïve 🙂 wörds, and a longer tail of them."
        let events = try Self.events(Self.stream, .text(text))
        var joined = ""
        for event in events where event.kind == .content(tokens: 1) {
            let data = try JSONValue.parse(event.data)
            let delta = try #require(data["delta"]?.string)
            let padding = try #require(data["obfuscation"]?.string)
            var escaped: [UInt8] = []
            JSONEscaping.append(delta, to: &escaped)
            #expect((escaped.count + padding.utf8.count) % 16 == 0)
            #expect(
                data.object?.names == [
                    "type", "content_index", "delta", "item_id", "logprobs", "obfuscation", "output_index",
                    "sequence_number",
                ]
            )
            joined += delta
        }
        #expect(joined == text)
        let last = try JSONValue.parse(try #require(events.last).data)
        #expect(last["response"]?["output"]?[0]?["content"]?[0]?["text"]?.string == text)
    }

    @Test("include_obfuscation: false removes the padding of a response's deltas")
    func plainDeltas() throws {
        let body = #"{"model":"gpt-4o-mini","input":"hi","stream":true,"stream_options":{"include_obfuscation":false}}"#
        for event in try Self.events(body, .text("Hello there.")) {
            #expect(try JSONValue.parse(event.data)["obfuscation"] == nil)
        }
    }

    @Test("The deltas of a function call add up to its arguments, under the ids of item and call")
    func arguments() throws {
        let events = try Self.events(Self.stream, Self.oneCall).map { try JSONValue.parse($0.data) }
        let deltas = events.filter { $0["type"] == "response.function_call_arguments.delta" }
        #expect(deltas.compactMap { $0["delta"]?.string }.joined() == "{\"a\":1}")
        #expect(
            deltas.first?.object?.names == [
                "type", "delta", "item_id", "obfuscation", "output_index", "sequence_number",
            ]
        )
        let done = try #require(events.first { $0["type"] == "response.function_call_arguments.done" })
        #expect(done.object?.names == ["type", "arguments", "item_id", "name", "output_index", "sequence_number"])
        let item = try #require(events.last?["response"]?["output"]?[0])
        #expect(item["id"] == done["item_id"])
        #expect(item["call_id"]?.string?.utf8.count == 29)
    }

    @Test("The ids of a response have the recorded length and share their first part")
    func ids() throws {
        let body = try Self.whole(#"{"model":"gpt-4o-mini","input":"hi"}"#, .text("Hi."))
        let response = try #require(body["id"]?.string)
        let message = try #require(body["output"]?[0]?["id"]?.string)
        #expect(response.utf8.count == 55 && response.hasPrefix("resp_"))
        #expect(message.utf8.count == 54 && message.hasPrefix("msg_"))
        #expect(response.dropFirst(5).prefix(26) == message.dropFirst(4).prefix(26))
        // The ids of answers contain the time of creation, as on the wire.
        #expect(response.contains("0069e2f3f0"))
    }

    @Test("The output limit cuts a response, which is incomplete and counts only those tokens")
    func incomplete() throws {
        let body = try Self.whole(#"{"model":"gpt-4o-mini","input":"hi"}"#, .text("Hello there, you."), limit: 1)
        #expect(body["status"] == "incomplete")
        #expect(body["incomplete_details"] == ["reason": "max_output_tokens"])
        #expect(body["completed_at"] == .null)
        #expect(body["usage"]?["output_tokens"] == 1)
        #expect(body["output"]?[0]?["status"] == "incomplete")
    }

    @Test("Function calls beyond the output limit are neither sent nor counted")
    func callsBehindTheLimit() throws {
        let calls = [ToolCall(name: "f", arguments: "{}"), ToolCall(name: "g", arguments: "{}")]
        let body = try Self.whole(#"{"model":"gpt-4o-mini","input":"hi"}"#, .toolCalls(calls, text: nil), limit: 3)
        #expect(body["output"]?.array?.count == 1)
        #expect(body["output"]?[0]?["status"] == "incomplete")
        #expect(body["usage"]?["output_tokens"] == 3)
    }

    @Test(
        "A response repeats its parameters with the defaults filled in",
        arguments: [
            (#""temperature":1"#, "temperature", "1.0"), (#""temperature":0.25"#, "temperature", "0.25"),
            ("\"user\":\"u\"", "user", "\"u\""), (#""metadata":{"a":"b"}"#, "metadata", #"{"a":"b"}"#),
            (#""service_tier":"fast""#, "service_tier", #""priority""#),
            (#""service_tier":"auto""#, "service_tier", #""default""#),
            (#""store":false"#, "store", "false"), (#""include":[]"#, "include", ""),
            (#""text":{"verbosity":"low"}"#, "text", #"{"format":{"type":"text"},"verbosity":"low"}"#),
            (
                #""tools":[{"type":"function","name":"f","parameters":null}]"#, "tools",
                #"[{"type":"function","description":null,"name":"f","output_schema":null,"parameters":null,"strict":true}]"#
            ),
            (
                #""text":{"format":{"type":"json_schema","schema":{},"name":"n"}}"#, "text",
                #"{"format":{"type":"json_schema","description":null,"name":"n","schema":{},"strict":false},"#
                    + #""verbosity":"medium"}"#
            ),
        ]
    )
    func echo(parameter: String, name: String, value: String) throws {
        let body = try Self.whole(#"{"model":"gpt-4o-mini","input":"hi",\#(parameter)}"#, .text("Hi."))
        #expect(body[name]?.text() ?? "" == value)
    }

    @Test("A response contains encrypted reasoning when the client asks for it")
    func encryptedReasoning() throws {
        let body = try Self.whole(
            #"{"model":"o3-mini","input":"hi","include":["reasoning.encrypted_content"]}"#,
            .text("Hi.")
        )
        #expect(body["output"]?[0]?.object?.names == ["id", "type", "content", "encrypted_content", "summary"])
    }

    @Test("Equal seeds give equal responses, and other seeds give others")
    func determinism() throws {
        let request = try ResponsesFixture.check(Self.stream)
        var answers = [UInt64(1), 1, 2].map { seed in
            var ids = IDMint(seed: seed)
            return request.render(saying: .text("Hello."), context: ResponsesFixture.context, ids: &ids).answer
        }
        let other = answers.removeLast()
        #expect(answers[0] == answers[1])
        #expect(answers[0] != other)
    }
}
