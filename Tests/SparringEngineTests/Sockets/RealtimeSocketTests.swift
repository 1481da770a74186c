import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Realtime sessions over a WebSocket")
struct RealtimeSocketTests {
    static let target = "/v1/realtime?model=gpt-realtime"

    static func client(_ yaml: String = "schema: 1\nscenario: voice\notherwise: auto\n") throws -> RealtimeClient {
        try RealtimeClient(SocketClient.engine(yaml), target: target)
    }

    static func types(_ messages: [JSONValue]) -> [String] { messages.compactMap { $0["type"]?.string } }

    static let textResponse = #"{"type":"response.create","response":{"output_modalities":["text"]}}"#

    static func user(_ text: String) -> String {
        #"{"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text","text":"\#(text)"}]}}"#
    }

    @Test("The first message of a socket is session.created with all members")
    func created() throws {
        let session = try #require(try Self.client().opened.first)
        #expect(session["type"] == "session.created")
        #expect(
            session["session"]?.object?.names == [
                "type", "object", "id", "model", "output_modalities", "instructions", "tools", "tool_choice",
                "max_output_tokens", "tracing", "truncation", "prompt", "expires_at", "audio", "include",
            ])
        #expect(session["session"]?["model"] == "gpt-realtime")
        #expect(session["session"]?["expires_at"]?.int == 1_795_232_605 + 3_600)
    }

    @Test("A text response has the events of the API in their order, and usage")
    func text() throws {
        let client = try Self.client("schema: 1\nscenario: voice\nrules:\n  - text: Hello\n")
        let added = try client.ask(Self.user("Hi"))
        #expect(Self.types(added) == ["conversation.item.added", "conversation.item.done"])
        let events = try client.ask(Self.textResponse)
        #expect(
            Self.types(events).filter { $0 != "rate_limits.updated" } == [
                "response.created", "response.output_item.added", "conversation.item.added",
                "response.content_part.added", "response.output_text.delta", "response.output_text.done",
                "response.content_part.done", "response.output_item.done", "conversation.item.done", "response.done",
            ])
        let item = added.first?["item"]?["id"]
        #expect(events.first { $0["type"] == "conversation.item.added" }?["previous_item_id"] == item)
        let done = try #require(events.last?["response"])
        #expect(done["status"] == "completed")
        #expect(done["output"]?[0]?["content"]?[0] == ["type": "output_text", "text": "Hello"])
        #expect(done["usage"]?["input_token_details"]?["text_tokens"]?.int ?? 0 > 0)
        #expect(Set(events.compactMap { $0["event_id"]?.string }).count == events.count)
    }

    @Test("A response is spoken by default: its audio deltas can be decoded, and its transcript is whole")
    func audio() throws {
        let client = try Self.client("schema: 1\nscenario: voice\nrules:\n  - text: Good morning\n")
        let events = try client.ask(#"{"type":"response.create"}"#)
        let words = events.filter { $0["type"] == "response.output_audio_transcript.delta" }
        #expect(words.compactMap { $0["delta"]?.string }.joined() == "Good morning")
        #expect(events.count { $0["type"] == "response.output_audio.delta" } == words.count)
        #expect(events.last?["response"]?["output"]?[0]?["content"]?[0]?["transcript"] == "Good morning")
    }

    @Test("A rule calls a tool, and the result of the tool leads to the next answer")
    func tools() throws {
        let client = try Self.client(
            """
            schema: 1
            scenario: voice
            rules:
              - when: { event: response.create, tool_result: { contains: sunny } }
                steps: [{ text: It is sunny. }]
              - when: { event: response.create, last.user: { contains: weather } }
                steps: [{ tools: [{ name: weather, arguments: { city: Bonn } }] }]
            """)
        let tools = #"[{"type":"function","name":"weather","parameters":{"type":"object"}}]"#
        _ = try client.ask(#"{"type":"session.update","session":{"type":"realtime","tools":\#(tools)}}"#)
        _ = try client.ask(Self.user("What is the weather?"))
        let events = try client.ask(Self.textResponse)
        let call = try #require(events.first { $0["type"] == "response.function_call_arguments.done" })
        #expect(call["arguments"] == #"{"city":"Bonn"}"#)
        #expect(call["name"] == "weather")
        let id = try #require(call["call_id"]?.string)
        _ = try client.ask(
            #"{"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"\#(id)","output":"sunny"}}"#
        )
        let next = try client.ask(Self.textResponse)
        #expect(next.last?["response"]?["output"]?[0]?["content"]?[0]?["text"] == "It is sunny.")
    }

    @Test(
        "An event that is not valid gets an error event with the client's event_id, and the socket stays open",
        arguments: [
            (#"{"type":"session.update","event_id":"e1","session":{}}"#, "missing_required_parameter", "session.type"),
            (
                #"{"type":"session.update","event_id":"e1","session":{"type":"realtime","modalities":["text"]}}"#,
                "unknown_parameter", "session.modalities"
            ),
            (
                #"{"type":"session.update","event_id":"e1","session":{"type":"realtime","output_modalities":["text","audio"]}}"#,
                "invalid_value", "session.output_modalities"
            ),
            (#"{"type":"response.cancel","event_id":"e1"}"#, "response_cancel_not_active", nil),
            (#"{"type":"no.such.event","event_id":"e1"}"#, "invalid_value", "type"),
            (
                #"{"type":"conversation.item.delete","event_id":"e1","item_id":"nope"}"#,
                "item_delete_invalid_item_id", "item_id"
            ),
            (
                #"{"type":"conversation.item.create","event_id":"e1","item":{"type":"function_call_output","call_id":"c","output":""}}"#,
                "invalid_tool_call_id", "item.call_id"
            ),
        ])
    func errors(_ message: String, _ code: String, _ param: String?) throws {
        let client = try Self.client()
        let events = try client.ask(message)
        #expect(Self.types(events) == ["error"])
        #expect(events[0]["error"]?["code"]?.string == code)
        #expect(events[0]["error"]?["param"]?.string == param)
        #expect(events[0]["error"]?["event_id"] == "e1")
        #expect(Self.types(try client.ask(Self.user("Hi"))).count == 2)
    }

    @Test("session.update merges its members, and the answer shows the whole session")
    func update() throws {
        let client = try Self.client()
        let events = try client.ask(
            #"{"type":"session.update","session":{"type":"realtime","instructions":"Be brief.","audio":{"input":{"turn_detection":null,"format":{"type":"audio/pcmu"}},"output":{"voice":"cedar"}}}}"#
        )
        let session = try #require(events.first?["session"])
        #expect(events.first?["type"] == "session.updated")
        #expect(session["instructions"] == "Be brief.")
        #expect(session["audio"]?["input"]?["turn_detection"] == .null)
        #expect(session["audio"]?["input"]?["format"] == ["type": "audio/pcmu"])
        #expect(session["audio"]?["output"]?["voice"] == "cedar")
        #expect(session["audio"]?["output"]?["format"]?["rate"] == 24_000)
    }

    @Test("A limit of the account makes a response fail after it has begun")
    func limited() throws {
        let client = try Self.client(
            """
            schema: 1
            scenario: voice
            rules:
              - when: { event: response.create }
                steps: [{ error: rate_limit_exceeded }]
            """)
        let events = try client.ask(Self.textResponse)
        #expect(Self.types(events) == ["response.created", "response.done"])
        #expect(events.last?["response"]?["status"] == "failed")
        #expect(events.last?["response"]?["status_details"]?["error"]?["code"] == "rate_limit_exceeded")
    }

    @Test("The last item of an incomplete response is incomplete")
    func incomplete() throws {
        let client = try Self.client(
            """
            schema: 1
            scenario: voice
            rules:
              - when: { event: response.create }
                steps: [{ text: one two, ends: { incomplete: content_filter } }]
            """)
        let response = try client.ask(Self.textResponse).last?["response"]
        #expect(response?["status"] == "incomplete")
        #expect(response?["output"]?[0]?["status"] == "incomplete")
    }

    @Test("A rule can answer any event of the client with an error, and the event then changes nothing")
    func refusedUpdate() throws {
        let client = try Self.client(
            """
            schema: 1
            scenario: voice
            rules:
              - when: { event: session.update }
                steps: [{ error: { status: 400, message: Not today. } }]
            otherwise: auto
            """)
        let update = #"{"type":"session.update","session":{"type":"realtime","instructions":"Be brief."}}"#
        let refused = try client.ask(update)
        #expect(refused.first?["error"]?["message"] == "Not today.")
        #expect(Self.types(try client.ask(Self.user("Hi"))).count == 2)
    }

    @Test("A response that is stopped ends as cancelled, with the words that were sent")
    func cancel() throws {
        let client = try Self.client("schema: 1\nscenario: voice\nrules:\n  - text: one two three four five six\n")
        let (turn, running) = client.begin(Self.textResponse)
        let sent = try #require(SocketFrame.ends(ofMessagesIn: running.script.bytes).dropFirst(6).first)
        let rest = try client.stop(turn, sent: sent, #"{"type":"response.cancel"}"#)
        #expect(
            Self.types(rest) == [
                "response.output_text.done", "response.content_part.done", "response.output_item.done",
                "conversation.item.done", "response.done",
            ])
        let response = try #require(rest.last?["response"])
        #expect(response["status"] == "cancelled")
        #expect(response["status_details"] == ["type": "cancelled", "reason": "client_cancelled"])
        #expect(response["output"]?[0]?["status"] == "incomplete")
        let text = try #require(response["output"]?[0]?["content"]?[0]?["text"]?.string)
        #expect(!text.isEmpty && "one two three four five six".hasPrefix(text) && text.count < 27)
    }

    @Test("A second response of the conversation is an error while one is being sent, but an out-of-band one is not")
    func active() throws {
        let client = try Self.client()
        _ = client.begin(Self.textResponse)
        let second = try client.ask(Self.textResponse)
        #expect(second.first?["error"]?["code"] == "conversation_already_has_active_response")
        let outside = try client.ask(
            #"{"type":"response.create","response":{"conversation":"none","metadata":{"a":"b"}}}"#)
        #expect(outside.last?["response"]?["status"] == "completed")
        #expect(outside.last?["response"]?["conversation_id"] == .null)
        #expect(outside.last?["response"]?["metadata"] == ["a": "b"])
        #expect(!Self.types(outside).contains("conversation.item.added"))
    }

    @Test(
        "A handshake with a wrong model opens the socket, and ends it with an error",
        arguments: [
            ("/v1/realtime", "missing_model"), ("/v1/realtime?model=gpt-4o-mini", "invalid_model"),
        ])
    func models(_ target: String, _ code: String) throws {
        let opening = SocketClient.open(try SocketClient.engine(), target: target)
        #expect(opening.exchange.decision.status == 101 && opening.socket == nil)
        let bytes = String(decoding: opening.script.bytes, as: UTF8.self)
        #expect(bytes.contains(#""code":"\#(code)""#) && bytes.contains("invalid_request_error.\(code)"))
    }

    @Test("A client secret opens a session with its settings until it expires by the session's clock")
    func secrets() throws {
        let engine = try SocketClient.engine()
        let made = engine.respond(
            to: Request(
                method: "POST", target: "/v1/realtime/client_secrets", headers: ["authorization": "Bearer sk-test"],
                body: Array(
                    #"{"expires_after":{"seconds":60},"session":{"type":"realtime","model":"gpt-realtime","instructions":"Be kind."}}"#
                        .utf8)), connection: 1, now: Moment(nanoseconds: 0))
        let text = String(decoding: made.script.bytes, as: UTF8.self)
        let start = try #require(text.firstRange(of: "ek_"))
        let secret = String(text[start.lowerBound...].prefix(35))
        var headers = SocketClient.handshake
        headers["authorization"] = nil
        headers["sec-websocket-protocol"] = "realtime, openai-insecure-api-key.\(secret)"
        let client = try RealtimeClient(engine, target: "/v1/realtime", headers: headers)
        #expect(client.opened.first?["session"]?["instructions"] == "Be kind.")
        let answer = String(decoding: client.client.opening.script.bytes.prefix(300), as: UTF8.self)
        #expect(answer.contains("sec-websocket-protocol: realtime\r\n"))

        let session = engine.sessions.session(named: "default", now: Moment(nanoseconds: 0))
        session.adjust { _ = $0.clock.advance(by: .seconds(61), at: Moment(nanoseconds: 0)) }
        let late = SocketClient.open(engine, target: "/v1/realtime", headers: headers)
        #expect(late.exchange.decision.status == 401)
        headers["sec-websocket-protocol"] = "realtime, openai-insecure-api-key.ek_unknown"
        #expect(
            SocketClient.open(engine, target: "/v1/realtime", headers: headers).exchange.decision.status == 401)
    }

    @Test("After an hour of the session's clock, a session ends with an error and then a Close frame")
    func expires() throws {
        let opening = SocketClient.open(try SocketClient.engine(), target: Self.target)
        #expect(opening.script.steps.contains(.pause(.seconds(3_600))))
        #expect(opening.clock != nil)
        let text = String(decoding: opening.script.bytes, as: UTF8.self)
        let error = try #require(text.firstRange(of: #""code":"session_expired""#))
        #expect(text[error.upperBound...].contains("Sparring: the session is an hour old"))
    }

    @Test("The path answers 426 to a request without an upgrade")
    func plain() throws {
        let answer = SocketClient.open(
            try SocketClient.engine(), target: Self.target, headers: ["authorization": "Bearer sk-test"])
        #expect(answer.exchange.decision.status == 426)
    }
}
