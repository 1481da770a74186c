import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import SparringCassette

@Suite("The recording of WebSockets")
struct SocketRecordingTests {
    private static let key = "sk-proj-0123456789abcdef"

    private static func began(_ headers: HeaderFields = [:]) -> CassetteEvent {
        let request = Request(
            method: "GET", target: "/v1/responses",
            headers: HeaderFields([HeaderFields.Field("Upgrade", "websocket")] + headers.fields))
        return .began(request, target: "/v1/responses", session: "a", startedAt: 5, at: Moment(nanoseconds: 1000))
    }

    private static let accepted = CassetteEvent.head(
        UpstreamHead(status: 101, reason: "Switching Protocols", headers: ["Upgrade": "websocket"]),
        at: Moment(nanoseconds: 1010))

    private static func moment(_ time: Int64) -> Moment { Moment(nanoseconds: 1000 + time) }

    private static func sent(_ frame: SocketFrame, at time: Int64) -> CassetteEvent {
        var frame = frame
        frame.mask = [1, 2, 3, 4]
        return .sent(frame.bytes, at: moment(time))
    }

    private static func sent(_ text: String, at time: Int64) -> CassetteEvent {
        sent(.text(Array(text.utf8)), at: time)
    }

    private static func came(_ text: String, at time: Int64) -> CassetteEvent {
        .body(SocketFrame.text(Array(text.utf8)).bytes, at: moment(time))
    }

    private static func ended(_ ending: RecordedEnding = .complete) -> CassetteEvent { .ended(ending, at: moment(100)) }

    private static func message(_ text: String, at time: Int64, from sender: RecordedMessage.Sender) -> RecordedMessage
    {
        RecordedMessage(at: time, sender: sender, content: .text(Array(text.utf8)))
    }

    @Test("Messages of both sides are recorded as they arrive, with their times, and Pings are not")
    func messages() throws {
        let close = SocketFrame.close(SocketClose(1000, "done"))
        let (exchange, entries) = try RecordingEncoderTests.recorded([
            Self.began(), Self.accepted, Self.sent("{}", at: 20), Self.sent(SocketFrame(.ping, [1]), at: 21),
            .body(SocketFrame.text(Array("one".utf8)).bytes + SocketFrame(.binary, [0xFF]).bytes, at: Self.moment(30)),
            Self.sent(close, at: 40), .body(close.bytes, at: Self.moment(50)), Self.ended(),
        ])
        #expect(entries[2] == [.message(Self.message("{}", at: 20, from: .client))])
        #expect(entries[3].isEmpty)
        let recorded = try #require(exchange)
        #expect(
            recorded.messages == [
                Self.message("{}", at: 20, from: .client), Self.message("one", at: 30, from: .server),
                RecordedMessage(at: 30, sender: .server, content: .binary([0xFF])),
                RecordedMessage(at: 40, sender: .client, content: .close(code: 1000, reason: "done")),
                RecordedMessage(at: 50, sender: .server, content: .close(code: 1000, reason: "done")),
            ])
        #expect(recorded.isSocket && recorded.ending == .complete && recorded.answer?.body == [])
    }

    @Test("A frame that arrives byte by byte is one message at the time of its last byte")
    func pieces() throws {
        let bytes = SocketFrame.text(Array("hello".utf8)).bytes
        let pieces = bytes.enumerated().map { CassetteEvent.body([$1], at: Self.moment(Int64(20 + $0))) }
        let (exchange, _) = try RecordingEncoderTests.recorded(
            [Self.began(), Self.accepted] + pieces + [Self.ended(.left)])
        #expect(exchange?.messages == [Self.message("hello", at: Int64(19 + bytes.count), from: .server)])
    }

    @Test("Secrets in the handshake, in messages of both sides and in a Close frame are masked before they are written")
    func secrets() throws {
        let (exchange, _) = try RecordingEncoderTests.recorded(
            [
                Self.began(["Sec-WebSocket-Protocol": "realtime, openai-insecure-api-key.\(Self.key)"]), Self.accepted,
                Self.sent(#"{"type":"session.update","api_key":"plain","note":"\#(Self.key)"}"#, at: 20),
                Self.came(#"{"user":"me","password":"secret"}"#, at: 30),
                .body(SocketFrame.close(SocketClose(4001, "bad \(Self.key)")).bytes, at: Self.moment(40)),
                Self.ended(),
            ], rules: ["$.user"])
        let recorded = try #require(exchange)
        let text = CassetteLines.line(recorded).text()
        for secret in [Self.key, "plain", "secret", #"me\""#] { #expect(!text.contains(secret), "\(secret): \(text)") }
        #expect(text.contains("openai-insecure-api-key."))
        #expect(recorded.messages.count == 3 && recorded.answer?.isMasked == true)
    }

    struct Ended: Sendable, CustomTestStringConvertible {
        var name: String
        var hasClose: Bool
        var connection: RecordedEnding
        var recorded: RecordedEnding
        var testDescription: String { name }
    }

    @Test(
        "A Close frame makes a recording complete, and without one it is what the end of the connection says",
        arguments: [
            Ended(name: "Close, then end", hasClose: true, connection: .complete, recorded: .complete),
            Ended(name: "Close, then reset", hasClose: true, connection: .reset, recorded: .complete),
            Ended(name: "Close, client gone", hasClose: true, connection: .left, recorded: .complete),
            Ended(name: "end", hasClose: false, connection: .complete, recorded: .closed),
            Ended(name: "reset", hasClose: false, connection: .reset, recorded: .reset),
            Ended(name: "client gone", hasClose: false, connection: .left, recorded: .left),
        ])
    func endings(ended: Ended) throws {
        let close: [CassetteEvent] = ended.hasClose ? [Self.sent(.close(nil), at: 20)] : []
        let events = [Self.began(), Self.accepted] + close + [Self.ended(ended.connection)]
        #expect(try RecordingEncoderTests.recorded(events).exchange?.ending == ended.recorded)
        let kept = try RecordingEncoderTests.recorded(events, keepsFailures: false).exchange
        #expect((kept != nil) == (ended.recorded == .complete || ended.recorded == .left))
    }

    /// The head of a gzip file, then a block of a kind that does not exist.
    private static let damaged: [UInt8] = [0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF]

    struct Dropped: Sendable, CustomTestStringConvertible {
        var reason: String
        var events: [CassetteEvent]
        var testDescription: String { reason }
    }

    @Test(
        "A socket that cannot be recorded whole is not kept, with a reason",
        arguments: [
            Dropped(
                reason: "broke the WebSocket protocol",
                events: [
                    SocketRecordingTests.began(), SocketRecordingTests.accepted,
                    .body([0x81, 0x80], at: SocketRecordingTests.moment(20)),
                ]),
            Dropped(
                reason: "a reserved bit is set",
                events: [
                    SocketRecordingTests.began(), SocketRecordingTests.accepted,
                    .body([0xC1, 0x01, 0x41], at: SocketRecordingTests.moment(20)),
                ]),
            Dropped(
                reason: "cannot be searched",
                events: [
                    SocketRecordingTests.began(), SocketRecordingTests.accepted,
                    .body(
                        SocketFrame(.binary, SocketRecordingTests.damaged).bytes, at: SocketRecordingTests.moment(20)),
                ]),
            Dropped(
                reason: "before its handshake was answered",
                events: [
                    SocketRecordingTests.began(), SocketRecordingTests.sent("{}", at: 5), SocketRecordingTests.accepted,
                ]),
        ])
    func dropped(dropped: Dropped) throws {
        let entries = try RecordingEncoderTests.recorded(dropped.events + [Self.ended()]).entries.joined()
        let reasons = entries.compactMap { if case .dropped(let reason?) = $0 { reason } else { nil } }
        #expect(reasons.count == 1 && reasons[0].contains(dropped.reason), "\(reasons)")
        #expect(!entries.contains { if case .ending = $0 { true } else { false } })
    }

    @Test("A recorded socket as a line of JSON is the same after reading it")
    func line() throws {
        let exchange = RecordedExchange(
            session: "a", number: 1, startedAt: 7, request: RecordedRequest(method: "GET", target: "/v1/realtime"),
            answer: RecordedAnswer(status: 101), ending: .complete,
            messages: [
                Self.message("{\"a\":\"é\"}", at: 1, from: .client),
                RecordedMessage(at: 2, sender: .server, content: .binary([0, 255])),
                RecordedMessage(at: 3, sender: .server, content: .close(code: nil, reason: "")),
                RecordedMessage(at: 4, sender: .client, content: .close(code: 4000, reason: "bye")),
            ])
        let text = CassetteLines.line(exchange).serialized()
        #expect(try CassetteLines.exchange(JSONValue.parse(text)) == exchange)
    }

    @Test("A handshake reaches the upstream without compression and with the upstream's key in both places")
    func handshake() throws {
        let request = Request(
            method: "GET", target: "/v1/realtime",
            headers: [
                "Host": "localhost", "Connection": "Upgrade", "Upgrade": "websocket",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Extensions": "permessage-deflate",
                "Sec-WebSocket-Protocol": "realtime, openai-insecure-api-key.old", "Authorization": "Bearer old",
            ])
        let address = try #require(UpstreamAddress("https://api.example.com/v1"))
        let sent = Forwarding.handshake(request, target: request.target, to: address, key: "new").headers
        #expect(sent["host"] == "api.example.com" && sent["upgrade"] == "websocket" && sent["connection"] == "Upgrade")
        #expect(sent["sec-websocket-key"] == request.headers["sec-websocket-key"])
        #expect(!sent.contains("sec-websocket-extensions"))
        #expect(sent["sec-websocket-protocol"] == "realtime, openai-insecure-api-key.new")
        #expect(sent["authorization"] == "Bearer new")
    }
}
