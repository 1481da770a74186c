import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Opening a WebSocket")
struct SocketOpeningTests {
    private static func without(_ name: String, _ value: String? = nil) -> HeaderFields {
        var fields = SocketClient.handshake
        fields[name] = value
        return fields
    }

    private static func text(_ performance: PlannedExchange) -> String {
        String(decoding: performance.script.bytes, as: UTF8.self)
    }

    @Test("A handshake is answered with 101 and the digest of its key")
    func accepts() throws {
        let opening = SocketClient.open(try SocketClient.engine())
        let text = Self.text(opening)
        #expect(text.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
        #expect(text.contains("\r\nconnection: Upgrade\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
        #expect(!text.contains("content-length") && !text.contains("transfer-encoding"))
        #expect(opening.socket != nil && opening.exchange.decision.isAuxiliary)
    }

    @Test("After an hour the socket gets the limit's error, a Close frame and FIN")
    func expires() throws {
        let steps = SocketClient.open(try SocketClient.engine()).script.steps
        #expect(steps.contains(.pause(.seconds(3600))) && steps.last == .end(.fin))
        let script = SocketClient.open(try SocketClient.engine()).script
        guard case .write(let head, .head)? = script.steps.first else { return #expect(Bool(false), "\(steps)") }
        var reader = SocketReader(from: .server, limit: 1 << 20)
        let inputs = reader.read(Array(script.bytes.dropFirst(head.count)))
        guard case .text(let message) = inputs.first else { return #expect(Bool(false), "\(inputs)") }
        #expect(String(decoding: message, as: UTF8.self).contains("websocket_connection_limit_reached"))
        guard case .close(let close?) = inputs.last else { return #expect(Bool(false), "\(inputs)") }
        #expect(close.code == 1001)
    }

    @Test("The answer agrees on the first subprotocol that the client offers")
    func subprotocol() throws {
        let headers = Self.without("sec-websocket-protocol", "a, b")
        #expect(Self.text(SocketClient.open(try SocketClient.engine(), headers: headers)).contains("protocol: a\r\n"))
    }

    @Test(
        "An invalid handshake is refused and opens no socket",
        arguments: [
            (without("sec-websocket-version", "8"), 426, "sec-websocket-version: 13"),
            (without("sec-websocket-key"), 400, "Sec-WebSocket-Key"),
            (without("connection"), 400, "Connection: Upgrade"),
            (without("authorization"), 401, "You didn't provide an API key"),
        ])
    func refuses(headers: HeaderFields, status: Int, words: String) throws {
        let opening = SocketClient.open(try SocketClient.engine(), headers: headers)
        #expect(opening.exchange.decision.status == status && opening.socket == nil)
        #expect(Self.text(opening).contains(words))
    }

    @Test("A handshake over HTTP/2 is refused with the reason")
    func http2() throws {
        let request = Request(
            method: "GET", target: "/v1/responses", version: .http2, headers: SocketClient.handshake)
        let opening = try SocketClient.engine().respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
        #expect(opening.exchange.decision.status == 400 && Self.text(opening).contains("needs HTTP/1.1"))
    }

    @Test("A rule for the event upgrade refuses handshakes, and handshakes use up no other rule")
    func rules() throws {
        let engine = try SocketClient.engine(
            """
            schema: 1
            scenario: busy
            rules:
              - when: { event: upgrade }
                steps:
                  - { error: rate_limit_exceeded, retry_after: 2s }
                  - silence: {}
                  - auto: {}
              - text: Hello
                times: 1

            """)
        let refused = SocketClient.open(engine)
        #expect(refused.exchange.decision.status == 429 && refused.socket == nil)
        #expect(Self.text(refused).contains("retry-after: 2\r\n"))
        let silent = SocketClient.open(engine)
        #expect(silent.script.steps.last == .end(.hang(nil)) && silent.script.bytes.isEmpty)
        let client = try SocketClient(engine)
        let messages = try client.ask(#"{"type":"response.create","model":"gpt-4o-mini","input":"a"}"#)
        #expect(messages.last?["type"] == "response.completed")
    }

    @Test(
        "The report of a run counts the turns on a socket, and the handshakes that were refused, whatever its rules name",
        arguments: [
            ("- text: Hello", 2, 2), ("- when: { event: response.create }\n    text: Hello", 2, 2),
            ("- when: { event: upgrade }\n    auto: {}\n  - text: Hello", 2, 2),
            (
                "- when: { event: upgrade }\n    steps: [{ error: server_error }, { auto: {}, times: forever }]\n  - text: Hello",
                2, 3
            ),
        ])
    func counted(rules: String, calls: Int, attempts: Int) throws {
        let rules = rules.replacing("auto: {}\n", with: "then: last\n    auto: {}\n") + "\n    then: last\n"
        let engine = try SocketClient.engine("schema: 1\nscenario: counted\nrules:\n  \(rules)")
        for _ in 1...2 {
            var opening = SocketClient.open(engine)
            if opening.socket == nil {
                engine.ended(opening, timeline: opening.exchange.timeline)
                opening = SocketClient.open(engine)
            }
            let socket = try #require(opening.socket)
            let turn = socket.turn(
                of: Array(#"{"type":"response.create","model":"gpt-4o-mini","input":"a"}"#.utf8), isText: true)
            let answer = socket.answer(to: turn, connection: 1, now: Moment(nanoseconds: 1_000))
            engine.ended(answer, timeline: answer.exchange.timeline)
            engine.ended(opening, timeline: opening.exchange.timeline)
        }
        let report = RunReport(engine)
        #expect(report.calls == calls && report.attempts == attempts, "\(report.calls), \(report.attempts)")
    }
}
