import SparringExchange
import SparringScenario
import SparringWire
import Testing

@testable import SparringConformance

@Suite("The grading of clients of WebSockets")
struct SocketGradingTests {
    private static let upgrade: HeaderFields = ["connection": "Upgrade", "upgrade": "websocket"]

    /// A handshake with an answer of this status. An open socket has no end.
    private static func handshake(_ status: Int) -> Exchange {
        var exchange = exchange(.init(came: 0, left: status == 101 ? nil : 5, headers: upgrade, endpoint: "responses"))
        exchange.decision.status = status
        return exchange
    }

    /// An event on a socket.
    private static func event(_ type: String, step: String?, status: Int = 200, unmatched: String? = nil) -> Exchange {
        var exchange = exchange(
            .init(came: 10, left: 20, unmatched: unmatched, endpoint: "responses", step: step))
        exchange.request.event = type
        exchange.decision.status = status
        return exchange
    }

    private static func exchange(_ attempt: Sight.Attempt) -> Exchange { Sight.of([attempt]).exchanges[0] }

    private static func sight(_ exchanges: [Exchange]) -> Observation {
        var observation = Sight.of([])
        observation.exchanges = exchanges
        return observation
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var what: String
        var exchanges: [Exchange]
        var attempts: Int

        var testDescription: String { what }
    }

    @Test(
        "Turns and refused handshakes are attempts, and events that only prepare a turn are not",
        arguments: [
            Row(what: "an opened socket", exchanges: [handshake(101)], attempts: 0),
            Row(what: "a refused handshake", exchanges: [handshake(429), handshake(101)], attempts: 1),
            Row(what: "a turn", exchanges: [handshake(101), event("response.create", step: "step 1")], attempts: 1),
            Row(what: "a turn that no step answers", exchanges: [event("response.create", step: nil)], attempts: 0),
            Row(
                what: "a turn with an error", exchanges: [event("response.create", step: nil, status: 400)], attempts: 1
            ),
            Row(
                what: "a turn beyond the script",
                exchanges: [event("response.create", step: nil, status: 500, unmatched: "used up")], attempts: 1),
            Row(what: "the settings of a session", exchanges: [event("session.update", step: nil)], attempts: 0),
        ])
    func attempts(row: Row) {
        #expect(Self.sight(row.exchanges).attempts.count == row.attempts)
    }

    @Test("A client gives an answer up by response.cancel, but not by one that came before the answer")
    func abandoned() {
        var (before, turn, cancel) = (
            Self.event("response.cancel", step: nil), Self.event("response.create", step: "step 1"),
            Self.event("response.cancel", step: nil)
        )
        (before.number, turn.number, cancel.number) = (1, 2, 3)
        #expect(Self.sight([before, turn, cancel]).abandonedAt(turn) == cancel.arrivedAt)
        #expect(Self.sight([before, turn]).abandonedAt(turn) == nil)
    }

    @Test("The handshake of a socket shows that the client uses sockets, even if it is refused")
    func capability() {
        #expect(Capability.shown(by: Self.handshake(401)) == [.responsesSocket])
        #expect(Capability.shown(by: Self.event("response.create", step: "step 1")) == [.responsesSocket])
        var realtime = Self.handshake(101)
        realtime.decision.endpoint = "realtime"
        #expect(Capability.shown(by: realtime) == [.realtime])
        #expect(Capability.shown(by: Self.exchange(.init(came: 0, left: 1, endpoint: "responses"))) == [.responses])
    }

    @Test("A socket that a turn ended does not count as an answer without an end")
    func harness() {
        let turn = Self.event("response.create", step: "step 1")
        #expect(Grading.harness(Self.sight([Self.handshake(101), turn])).verdict == .pass)
        var endless = turn
        endless.timeline.entries.removeAll { if case .ended = $0.happening { true } else { false } }
        #expect(Grading.harness(Self.sight([Self.handshake(101), endless])).verdict == .error)
    }

    @Test("An event without an end is no bug of the server if another turn ended the socket")
    func waiting() {
        var broken = Self.event("response.create", step: "step 1")
        var waiting = Self.event("conversation.item.create", step: nil)
        waiting.timeline.entries.removeAll { if case .ended = $0.happening { true } else { false } }
        (broken.connection, waiting.connection) = (7, 7)
        #expect(Grading.harness(Self.sight([broken, waiting])).verdict == .error)
        broken.timeline.stamp(.faultDelivered(FaultID(0)), at: Moment(nanoseconds: 15_000_000))
        #expect(Grading.harness(Self.sight([broken, waiting])).verdict == .error)
        broken.timeline.stamp(.ended(.fin), at: Moment(nanoseconds: 16_000_000))
        #expect(Grading.harness(Self.sight([broken, waiting])).verdict == .pass)
        waiting.connection = 8
        #expect(Grading.harness(Self.sight([broken, waiting])).verdict == .error)
    }

    @Test(
        "An event that asks for spoken answers shows that the client reads sound",
        arguments: [
            (#"{"type":"session.update","session":{"output_modalities":["audio"]}}"#, true),
            (#"{"type":"response.create","response":{"output_modalities":["audio"]}}"#, true),
            (#"{"type":"session.update","session":{"output_modalities":["text"]}}"#, false),
            (#"{"type":"session.update","session":{"type":"realtime"}}"#, false),
            ("no JSON", false),
        ])
    func sound(message: String, isShown: Bool) {
        var event = Self.event("session.update", step: nil)
        event.decision.endpoint = "realtime"
        event.request.body = Array(message.utf8)
        let shown: Set<Capability> = isShown ? [.realtime, .realtimeAudio] : [.realtime]
        #expect(Self.sight([event]).shown == shown)
    }

    @Test("The tools of a turn show that the client uses tools")
    func tools() {
        var turn = Self.event("response.create", step: "step 1")
        turn.request.body = Array(#"{"type":"response.create","tools":[{"type":"function","name":"look_up"}]}"#.utf8)
        #expect(Capability.shown(by: turn) == [.responsesSocket, .tools])
    }
}
