import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Responses over a WebSocket")
struct ResponsesSocketTests {
    private static func create(_ members: String = #""input":"Hello""#) -> String {
        #"{"type":"response.create","model":"gpt-4o-mini",\#(members)}"#
    }

    private static func types(_ messages: [JSONValue]) -> [String] { messages.compactMap { $0["type"]?.string } }

    @Test("The messages of a turn are the events of the same request over HTTP")
    func sameEvents() throws {
        let messages = try SocketClient(SocketClient.engine()).ask(Self.create())
        let body = #"{"model":"gpt-4o-mini","input":"Hello","stream":true}"#
        let http = try SocketClient.engine().respond(
            to: Request(
                method: "POST", target: "/v1/responses", headers: ["authorization": "Bearer sk-test"],
                body: Array(body.utf8)), connection: 1, now: Moment(nanoseconds: 0))
        let text = String(decoding: http.script.bytes, as: UTF8.self)
        let names = text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("event: ") }.map {
            String($0.dropFirst(7))
        }
        #expect(Self.types(messages) == names)
        #expect(Self.types(messages).last == "response.completed")
    }

    @Test("A turn continues the previous one although it is not stored, but another socket cannot")
    func continues() throws {
        let engine = try SocketClient.engine()
        let client = try SocketClient(engine)
        let first = try client.ask(Self.create(#""input":"One","store":false"#))
        let id = try #require(first.last?["response"]?["id"]?.string)
        let second = try client.ask(Self.create(#""input":"Two","store":false,"previous_response_id":"\#(id)""#))
        #expect(Self.types(second).last == "response.completed")
        let third = try #require(second.last?["response"])
        #expect(third["previous_response_id"]?.string == id)
        let tokens = { (response: JSONValue?) in response?["usage"]?["input_tokens"]?.int ?? 0 }
        #expect(tokens(third) > tokens(first.last?["response"]))

        let other = try SocketClient(engine).ask(Self.create(#""input":"Two","previous_response_id":"\#(id)""#))
        #expect(other == [Self.notFound(id)])
    }

    private static func notFound(_ id: String) -> JSONValue {
        [
            "type": "error", "status": 400,
            "error": [
                "message": .string("Previous response with id '\(id)' not found."), "type": "invalid_request_error",
                "param": "previous_response_id", "code": "previous_response_not_found",
            ],
        ]
    }

    @Test("A turn that fails removes the unstored response that it continued")
    func evicts() throws {
        let client = try SocketClient(SocketClient.engine())
        let first = try client.ask(Self.create(#""input":"One","store":false"#))
        let id = try #require(first.last?["response"]?["id"]?.string)
        let failed = try client.ask(Self.create(#""input":7,"previous_response_id":"\#(id)""#))
        #expect(failed.first?["status"] == 400)
        #expect(try client.ask(Self.create(#""input":"Two","previous_response_id":"\#(id)""#)) == [Self.notFound(id)])
    }

    @Test("A stored response can be continued by any socket")
    func stored() throws {
        let engine = try SocketClient.engine()
        let first = try SocketClient(engine).ask(Self.create())
        let id = try #require(first.last?["response"]?["id"]?.string)
        let second = try SocketClient(engine).ask(Self.create(#""input":"Two","previous_response_id":"\#(id)""#))
        #expect(Self.types(second).last == "response.completed")
    }

    @Test("generate: false gives a response without output, uses up no step, and can be continued")
    func warmUp() throws {
        let client = try SocketClient(
            SocketClient.engine("schema: 1\nscenario: one\nrules:\n  - text: only once\n    times: 1\n"))
        let warm = try client.ask(Self.create(#""input":"One","store":false,"generate":false"#))
        let response = try #require(warm.last?["response"])
        #expect(Self.types(warm).last == "response.completed" && response["output"] == [])
        let id = try #require(response["id"]?.string)
        let next = try client.ask(Self.create(#""input":"Two","previous_response_id":"\#(id)""#))
        #expect(next.last?["response"]?["output"]?.array?.first?["content"]?.array?.first?["text"] == "only once")
    }

    @Test("Every message of a lane contains the lane's name")
    func lanes() throws {
        let client = try SocketClient(SocketClient.engine())
        let messages = try client.ask(Self.create(#""input":"a","stream_id":"agent_1""#))
        #expect(messages.count > 5 && messages.allSatisfy { $0["stream_id"] == "agent_1" })
        let error = try client.ask(Self.create(#""stream_id":"agent_1""#))
        #expect(error.count == 1 && error[0]["stream_id"] == "agent_1" && error[0]["type"] == "error")
        #expect(client.socket.turn(of: Array(Self.create(#""stream_id":"b""#).utf8), isText: true).lane == "b")
    }

    @Test(
        "A message that is not a request gets an error event, and the socket stays open",
        arguments: [
            ("{", true, "We could not parse the JSON body"), ("[1]", true, "We could not parse"),
            ("{}", true, "Missing required parameter: 'type'"), (#"{"type":7}"#, true, "Invalid type for 'type'"),
            (#"{"type":"session.update"}"#, true, "Supported values are: 'response.create'"),
            (#"{"type":"response.steer"}"#, true, "Sparring: steering"),
            (#"{"type":"response.create","stream_id":"a b"}"#, true, "Sparring: stream_id"),
            (#"{"type":"response.create","background":true}"#, true, "Sparring: a WebSocket has no background"),
            (#"{"type":"response.create","generate":1}"#, true, "Invalid type for 'generate'"),
            (#"{"type":"response.create","input":"a"}"#, true, "Missing required parameter: 'model'"),
            (create(), false, "We could not parse the JSON body"),
        ])
    func refusals(message: String, isText: Bool, words: String) throws {
        let client = try SocketClient(SocketClient.engine())
        let messages = try SocketClient.messages(client.send(message, isText: isText))
        #expect(messages.count == 1)
        #expect(messages.first?["type"] == "error" && messages.first?["status"] == 400)
        #expect(messages.first?["error"]?["message"]?.string?.contains(words) == true, "\(messages)")
        #expect(Self.types(try client.ask(Self.create())).last == "response.completed")
    }

    @Test("A rate limit is an error event with its status and headers")
    func limits() throws {
        let client = try SocketClient(
            SocketClient.engine(
                "schema: 1\nscenario: limited\nrules:\n  - error: rate_limit_exceeded\n    retry_after: 3s\n"))
        let performance = client.send(Self.create())
        let message = try #require(try SocketClient.messages(performance).first)
        #expect(message["type"] == "error" && message["status"] == 429)
        #expect(message["error"]?["code"] == "rate_limit_exceeded")
        #expect(message["error"]?["headers"]?["retry-after"] == "3")
        #expect(performance.exchange.decision.status == 429)
    }

    @Test("A rule can name the event, and does not match requests over HTTP")
    func events() throws {
        let engine = try SocketClient.engine(
            """
            schema: 1
            scenario: events
            rules:
              - when: { event: response.create }
                text: over a socket
              - text: over HTTP

            """)
        let text = { (message: JSONValue?) in
            message?["response"]?["output"]?.array?.first?["content"]?.array?.first?["text"]?.string
        }
        #expect(text(try SocketClient(engine).ask(Self.create()).last) == "over a socket")
        let http = engine.respond(
            to: Request(
                method: "POST", target: "/v1/responses", headers: ["authorization": "Bearer sk-test"],
                body: Array(#"{"model":"gpt-4o-mini","input":"a"}"#.utf8)), connection: 1, now: Moment(nanoseconds: 0))
        #expect(String(decoding: http.script.bytes, as: UTF8.self).contains("over HTTP"))
    }

    @Test("The exchange of a turn has the event, the message and its usage")
    func journal() throws {
        let exchange = try SocketClient(SocketClient.engine()).send(Self.create()).exchange
        #expect(exchange.request.event == "response.create")
        #expect(String(decoding: exchange.request.body, as: UTF8.self) == Self.create())
        #expect(exchange.decision.endpoint == "responses" && exchange.decision.status == 200)
        #expect(exchange.decision.usage != nil)
        #expect(exchange.json(origin: Moment(nanoseconds: 0))["event"] == "response.create")
    }

    @Test("Faults in the URL apply to the answers on the socket, but not to its handshake")
    func faults() throws {
        let client = try SocketClient(
            SocketClient.engine(), target: "/f/socket_close+1012+later+at+event+2/v1/responses")
        #expect(client.opening.exchange.decision.status == 101)
        let script = client.send(Self.create()).script
        var reader = SocketReader(from: .server, limit: 1 << 20)
        let inputs = reader.read(script.bytes)
        #expect(inputs.count == 3 && inputs.last == .close(SocketClose(1012, "later")))
        #expect(script.steps.last == .end(.fin))
    }

    @Test("A fault of SSE or HTTP has no effect on a socket, nor one of sockets over HTTP, each with its reason")
    func carriers() throws {
        let missed = try SocketClient(
            SocketClient.engine(), target: "/f/comment,torn_chunk,huge_header,h2_rst/v1/responses"
        ).send(Self.create()).exchange.missedFaults
        #expect(missed.count == 4, "\(missed)")
        let http = try SocketClient.engine().respond(
            to: Request(
                method: "POST", target: "/f/socket_close/v1/responses", headers: ["authorization": "Bearer sk-test"],
                body: Array(#"{"model":"gpt-4o-mini","input":"a","stream":true}"#.utf8)), connection: 1,
            now: Moment(nanoseconds: 0))
        #expect(http.exchange.missedFaults.first?.contains("not sent over a WebSocket") == true)
    }
}
