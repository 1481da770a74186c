import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import SparringCassette

@Suite("Replay of WebSockets")
struct SocketReplayTests {
    fileprivate static let key = FingerprintKey(3, 4)

    /// Lines such as `10 > {…}` (the client sends), `20 < {…}` (the server sends) and `30 < close 1000`.
    static func exchange(
        _ lines: [String], number: Int = 1, ending: RecordedEnding = .complete, target: String = "/v1/responses"
    ) -> RecordedExchange {
        let messages = lines.map { line in
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            let code = words[2].hasPrefix("close ") ? UInt16(words[2].dropFirst(6)) : nil
            return RecordedMessage(
                at: Int64(words[0]) ?? 0, sender: words[1] == ">" ? .client : .server,
                content: code.map { .close(code: $0, reason: "") } ?? .text(Array(words[2].utf8)))
        }
        return RecordedExchange(
            session: "a", number: number, startedAt: 0,
            request: RecordedRequest(
                method: "GET", target: target, fingerprint: RecordingEncoder.fingerprint("GET", target, [], key: key)),
            answer: RecordedAnswer(status: 101, reason: "Switching Protocols", headAt: 5, endAt: 1000), ending: ending,
            messages: messages)
    }

    /// The acts of a replay on one socket.
    final class Player {
        let responder: ReplayResponder
        let opening: PlannedExchange
        let socket: (any SocketService)?

        init(
            _ exchanges: [RecordedExchange], _ matching: CassetteMatching = CassetteMatching(), timeScale: Double = 1,
            now: Int64 = 0
        ) throws {
            let cassette = Cassette(key: SocketReplayTests.key, exchanges: exchanges)
            responder = ReplayResponder(
                try CassetteIndex(cassette, matching: matching), timeScale: timeScale, wallClock: { now })
            opening = Self.open(responder)
            socket = opening.socket
        }

        static func open(_ responder: ReplayResponder, _ headers: HeaderFields = [:]) -> PlannedExchange {
            let fields: HeaderFields = [
                "connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13",
                "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
            ]
            let request = Request(
                method: "GET", target: "/v1/responses", headers: HeaderFields(fields.fields + headers.fields))
            return responder.respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
        }

        /// The answer to a message: its pauses in nanoseconds and its messages, such as `10 {…}`, then how it ends.
        func send(_ message: String, on other: (any SocketService)? = nil) throws -> [String] {
            let socket = try #require(other ?? self.socket)
            return SocketReplayTests.words(
                socket.answer(
                    to: socket.turn(of: Array(message.utf8), isText: true), connection: 1, now: Moment(nanoseconds: 0)))
        }

        /// The messages that the server sends before the first message.
        func opened() throws -> [String] {
            let socket = try #require(self.socket)
            return socket.followUps().flatMap {
                SocketReplayTests.words(socket.answer(to: $0, connection: 1, now: Moment(nanoseconds: 0)))
            }
        }
    }

    static func words(_ performance: PlannedExchange) -> [String] {
        var words: [String] = []
        var pause = 0
        for step in performance.script.steps {
            switch step {
            case .pause(let time): pause += Int(time.components.attoseconds / 1_000_000_000)
            case .write(let range, _):
                var reader = SocketReader(from: .server, limit: 1 << 20)
                for input in reader.read(Array(performance.script.bytes[range])) {
                    switch input {
                    case .text(let bytes): words.append("\(pause) \(String(decoding: bytes, as: UTF8.self))")
                    case .close(let close): words.append("\(pause) close \(close?.code ?? 0)")
                    default: words.append("\(pause) \(input)")
                    }
                }
                pause = 0
            case .end(.keepAlive): break
            case .end(let ending): words.append("\(pause) end \(ending)")
            default: break
            }
        }
        return words
    }

    @Test("The handshake is answered after the recorded time, with the proof for this client's key")
    func handshake() throws {
        let player = try Player([Self.exchange([])])
        let text = String(decoding: player.opening.script.bytes, as: UTF8.self)
        #expect(text.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"), "\(text)")
        #expect(text.contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), "\(text)")
        #expect(player.opening.script.steps.first == .pause(.nanoseconds(5)))
        #expect(player.opening.exchange.decision.status == 101)
    }

    @Test("The server's messages follow the client's with the recorded pauses, and its Close frame ends the socket")
    func rhythm() throws {
        let recording = Self.exchange([
            "7 < {\"type\":\"hello\"}", "10 > {\"n\":1}", "30 < {\"a\":1}", "35 < {\"a\":2}", "50 > {\"n\":2}",
            "90 < close 4000",
        ])
        let player = try Player([recording])
        #expect(try player.opened() == ["7 {\"type\":\"hello\"}"])
        #expect(try player.opened() == [])
        #expect(try player.send("{\"n\":1}") == ["20 {\"a\":1}", "5 {\"a\":2}"])
        #expect(try player.send("{\"n\":2}") == ["40 close 4000", "0 end fin"])
        let fast = try Player([recording], timeScale: 0)
        #expect(try fast.opened() == ["0 {\"type\":\"hello\"}"])
    }

    @Test(
        "A socket that broke off breaks off again at its time",
        arguments: [(RecordedEnding.closed, "990 end fin"), (.reset, "990 end reset")])
    func brokenOff(ending: RecordedEnding, expected: String) throws {
        let player = try Player([Self.exchange(["10 > {}"], ending: ending)])
        #expect(try player.send("{}") == [expected])
    }

    @Test("The server's Close frame after the client's is not sent again, because a socket answers Close frames itself")
    func echo() throws {
        let player = try Player([Self.exchange(["10 > {}", "20 > close 1000", "30 < close 1000"])])
        #expect(try player.send("{}") == [])
    }

    struct Match: Sendable, CustomTestStringConvertible {
        var sent: String
        var matching = CassetteMatching()
        var isAnswered: Bool
        var testDescription: String { "\(sent) \(matching.rigour) \(matching.ignored)" }
    }

    private static let recorded =
        #"{"type":"create","event_id":"e1","item":{"id":"item_8fK2mQ9xLp3R"},"user":"me"}"#

    @Test(
        "A message matches by the rules for requests, and `event_id` may always differ except by bytes",
        arguments: [
            Match(sent: SocketReplayTests.recorded, isAnswered: true),
            Match(sent: SocketReplayTests.recorded, matching: CassetteMatching(rigour: .exact), isAnswered: true),
            Match(
                sent: #"{"user": "me", "item":{"id":"item_8fK2mQ9xLp3R"}, "event_id":"e2","type":"create"}"#,
                isAnswered: true),
            Match(
                sent: #"{"type":"create","event_id":"e2","item":{"id":"item_8fK2mQ9xLp3R"},"user":"me"}"#,
                matching: CassetteMatching(rigour: .exact), isAnswered: false),
            Match(sent: #"{"type":"create","item":{"id":"item_8fK2mQ9xLp3R"},"user":"you"}"#, isAnswered: false),
            Match(
                sent: #"{"type":"create","item":{"id":"item_8fK2mQ9xLp3R"},"user":"you"}"#,
                matching: CassetteMatching(ignored: [CassettePath([.member("user")])]), isAnswered: true),
            Match(sent: #"{"type":"create","item":{"id":"item_4bN7wT1cVz6D"},"user":"me"}"#, isAnswered: false),
            Match(
                sent: #"{"type":"create","item":{"id":"item_4bN7wT1cVz6D"},"user":"me"}"#,
                matching: CassetteMatching(rigour: .conversation), isAnswered: true),
        ])
    func match(match: Match) throws {
        let player = try Player([Self.exchange(["10 > \(Self.recorded)", "20 < yes"])], match.matching)
        #expect(try player.send(match.sent).contains("10 yes") == match.isAnswered)
        #expect(player.responder.tally.misses.isEmpty == match.isAnswered)
    }

    @Test("By conversation, the server repeats the client's new identifier and demands those that it sent itself")
    func conversation() throws {
        let lines = [
            #"10 > {"type":"create","item":{"id":"item_8fK2mQ9xLp3R"}}"#,
            #"20 < {"item_id":"item_8fK2mQ9xLp3R","response_id":"resp_5hJ8sD2kXw9Q"}"#,
            #"30 > {"type":"next","previous_response_id":"resp_5hJ8sD2kXw9Q"}"#, "40 < yes",
        ]
        let matching = CassetteMatching(rigour: .conversation)
        func player() throws -> Player { try Player([Self.exchange(lines)], matching) }
        let first = #"{"type":"create","item":{"id":"item_4bN7wT1cVz6D"}}"#
        let answered = try player()
        #expect(
            try answered.send(first)
                == [#"10 {"item_id":"item_4bN7wT1cVz6D","response_id":"resp_5hJ8sD2kXw9Q"}"#])
        #expect(try answered.send(#"{"type":"next","previous_response_id":"resp_5hJ8sD2kXw9Q"}"#) == ["10 yes"])
        let invented = try player()
        _ = try invented.send(first)
        #expect(try invented.send(#"{"type":"next","previous_response_id":"resp_9qR3vB6nYt1E"}"#).last == "0 end fin")
    }

    @Test("A miss is an error event that names the nearest recorded message, and a Close frame with 1008")
    func miss() throws {
        let player = try Player([Self.exchange(["10 > {\"type\":\"create\",\"n\":1}", "20 < {}"])])
        let words = try player.send("{\"type\":\"create\",\"n\":2}")
        #expect(words.count == 3 && words[0].contains("\"type\":\"error\""), "\(words)")
        #expect(words[0].contains("Sparring: nothing in the cassette matches: create on the WebSocket /v1/responses"))
        #expect(words[0].contains("a#1 GET /v1/responses, message 1"), "\(words)")
        #expect(words[0].contains("$.n   recorded 1   sent 2"), "\(words)")
        #expect(Array(words.dropFirst()) == ["0 close 1008", "0 end fin"])
        #expect(player.responder.tally.misses.count == 1)
    }

    @Test("A message after the last recorded one is a miss that says so")
    func over() throws {
        let player = try Player([Self.exchange(["10 > {}", "20 < yes"])])
        #expect(try player.send("{}") == ["10 yes"])
        #expect(try player.send("{}")[0].contains("the recorded WebSocket has no further message"))
    }

    @Test("The recording that fits the client's messages answers, whichever socket is opened first")
    func switching() throws {
        let exchanges = [
            Self.exchange(["10 > {\"n\":1}", "20 < one", "30 > {\"n\":3}", "40 < three"]),
            Self.exchange(["10 > {\"n\":2}", "20 < two"], number: 2),
        ]
        let player = try Player(exchanges)
        #expect(try player.send("{\"n\":2}") == ["10 two"])
        #expect(player.responder.unplayed == ["a#1 GET /v1/responses"])
        let second = Player.open(player.responder).socket
        #expect(try player.send("{\"n\":1}", on: second) == ["10 one"])
        #expect(player.responder.unplayed.isEmpty)
        #expect(try player.send("{\"n\":2}", on: second).last == "0 end fin")
        let ordered = try Player(exchanges, CassetteMatching(keepsOrder: true))
        #expect(try ordered.send("{\"n\":2}").last == "0 end fin")
    }

    @Test("Messages with different stream_id may come in another order than recorded")
    func lanes() throws {
        let player = try Player([
            Self.exchange([
                #"10 > {"stream_id":"a","n":1}"#, #"20 > {"stream_id":"b","n":2}"#,
                #"30 < {"stream_id":"b","t":2}"#, #"40 < {"stream_id":"a","t":1}"#,
            ])
        ])
        #expect(try player.send(#"{"stream_id":"b","n":2}"#) == [#"10 {"stream_id":"b","t":2}"#])
        #expect(try player.send(#"{"stream_id":"a","n":1}"#) == [#"30 {"stream_id":"a","t":1}"#])
        let socket = try #require(player.socket)
        #expect(socket.turn(of: Array(#"{"stream_id":"b"}"#.utf8), isText: true).lane == "b")
    }

    @Test("A request without an upgrade is refused for a recorded socket")
    func refused() throws {
        let player = try Player([Self.exchange([])])
        let plain = player.responder.respond(
            to: Request(method: "GET", target: "/v1/responses"), connection: 1, now: Moment(nanoseconds: 0))
        #expect(plain.exchange.decision.status == 426 && plain.socket == nil)
    }

    @Test("With fresh rendering, a socket has new identifiers and dates, and the client has to use the new identifiers")
    func fresh() throws {
        var matching = CassetteMatching(rigour: .conversation)
        matching.rendering = .fresh
        let lines = [
            #"5 < {"session":{"id":"sess_2hJ8sD2kXw9Q","expires_at":1700000000}}"#,
            #"10 > {"type":"create","item":{"id":"item_8fK2mQ9xLp3R"}}"#,
            #"20 < {"item_id":"item_8fK2mQ9xLp3R","response_id":"resp_5hJ8sD2kXw9Q","created_at":1700000000}"#,
            #"30 > {"type":"next","previous_response_id":"resp_5hJ8sD2kXw9Q"}"#,
            #"40 < {"previous_response_id":"resp_5hJ8sD2kXw9Q"}"#,
        ]
        func make() throws -> Player {
            var exchange = Self.exchange(lines)
            exchange.startedAt = 1_700_000_000_000_000_000
            return try Player([exchange], matching, now: 1_800_000_000_000_000_000)
        }
        let player = try make()
        let head = String(decoding: player.opening.script.bytes, as: UTF8.self)
        #expect(head.contains("x-sparring-rendered: fresh\r\n"), "\(head)")
        let opened = try player.opened()
        #expect(opened.count == 1 && !opened[0].contains("sess_2hJ8sD2kXw9Q"))
        #expect(opened[0].contains(#""expires_at":1800000000"#), "\(opened)")
        let first = try player.send(#"{"type":"create","item":{"id":"item_4bN7wT1cVz6D"}}"#)
        #expect(first[0].contains(#""created_at":1800000000"#) && first[0].contains("item_4bN7wT1cVz6D"), "\(first)")
        let text = try #require(first[0].split(separator: " ").last)
        let id = try #require(try JSONValue.parse(Array(text.utf8))["response_id"]?.string)
        #expect(id.hasPrefix("resp_") && id != "resp_5hJ8sD2kXw9Q")
        let next = try player.send(#"{"type":"next","previous_response_id":"\#(id)"}"#)
        #expect(next == [#"10 {"previous_response_id":"\#(id)"}"#])
        // The same seed gives the same identifiers, and the recorded identifier is unknown.
        let other = try Player([Self.exchange(lines)], matching)
        _ = try other.opened()
        #expect(try other.send(#"{"type":"create","item":{"id":"item_4bN7wT1cVz6D"}}"#)[0].contains(id))
        #expect(try other.send(#"{"type":"next","previous_response_id":"resp_5hJ8sD2kXw9Q"}"#).last == "0 end fin")
    }
}
