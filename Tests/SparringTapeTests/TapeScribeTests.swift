import SparringExchange
import SparringWire
import Testing

@testable import SparringTape

@Suite("What is written on a tape")
struct TapeScribeTests {
    static let key = FingerprintKey(1, 2)

    /// What a recording of these events leaves, and after how many of them what of the body was written.
    static func recorded(
        _ events: [TapeEvent], rules: [String] = [], keepsFailures: Bool = true
    ) throws -> (exchange: TapedExchange?, entries: [[TapeEntry]]) {
        var scribe = TapeScribe(
            redaction: TapeRedaction(try rules.map { try TapeRedaction.rule($0) }), key: key,
            keepsFailures: keepsFailures)
        let entries = events.map { scribe.take($0) }
        var exchange = TapedExchange(
            session: "", number: 1, startedAt: 0, request: TapedRequest(method: "", target: ""), ending: .unfinished)
        for entry in entries.joined() {
            if case .dropped = entry { return (nil, entries) }
            exchange.apply(entry)
        }
        return (exchange, entries)
    }

    static func began(_ body: String = "{}") -> TapeEvent {
        let request = Request(
            method: "POST", target: "/s/a/v1/x", headers: ["Authorization": "Bearer sk-proj-0123456789abcdef"],
            body: Array(body.utf8))
        return .began(request, target: "/v1/x", session: "a", startedAt: 5, at: Moment(nanoseconds: 1000))
    }

    static func head(_ type: String, status: Int = 200, _ more: HeaderFields = [:]) -> TapeEvent {
        .head(
            UpstreamHead(
                status: status, reason: "OK",
                headers: HeaderFields([HeaderFields.Field("Content-Type", type)] + more.fields)),
            at: Moment(nanoseconds: 1010))
    }

    static func body(_ text: String, at time: Int64) -> TapeEvent {
        .body(Array(text.utf8), at: Moment(nanoseconds: 1000 + time))
    }

    static let complete = TapeEvent.ended(.complete, at: Moment(nanoseconds: 1100))

    @Test("is, of a stream, every line that is complete, at once")
    func lines() throws {
        let (exchange, entries) = try Self.recorded([
            Self.began(), Self.head("text/event-stream"), Self.body("data: 1\n\nda", at: 20),
            Self.body("ta: 2\n", at: 30), Self.body("\n", at: 40), Self.complete,
        ])
        #expect(entries[2] == [.part(Array("data: 1\n\n".utf8), [TapedPiece(at: 20, count: 9)])])
        let answer = try #require(exchange?.answer)
        #expect(String(decoding: answer.body, as: UTF8.self) == "data: 1\n\ndata: 2\n\n")
        #expect(
            answer.pieces == [
                TapedPiece(at: 20, count: 11), TapedPiece(at: 30, count: 6), TapedPiece(at: 40, count: 1),
            ])
        #expect(answer.headAt == 10 && answer.endAt == 100 && !answer.isMasked)
    }

    @Test("holds no key, however the network has cut it")
    func cutKeys() throws {
        let text = "data: {\"a\": \"sk-proj-0123456789abcdef\"}\n\n"
        for type in ["text/event-stream", "application/json", "audio/mpeg"] {
            for cut in 0...text.utf8.count {
                let (first, second) = (text.prefix(cut), text.dropFirst(cut))
                let (exchange, entries) = try Self.recorded([
                    Self.began(), Self.head(type), Self.body(String(first), at: 20),
                    Self.body(String(second), at: 30), Self.complete,
                ])
                let answer = try #require(exchange?.answer)
                #expect(String(decoding: answer.body, as: UTF8.self) == "data: {\"a\": \"sk-…(masked)\"}\n\n")
                #expect(answer.pieces.reduce(0) { $0 + $1.count } == answer.body.count)
                #expect(answer.isMasked)
                #expect(!"\(entries)".contains("456789abcdef"))
            }
        }
    }

    @Test("keeps the fingerprint of what was sent, and a request without its secrets")
    func request() throws {
        let (exchange, _) = try Self.recorded([Self.began(#"{"password": "x", "a": 1}"#)])
        let request = try #require(exchange?.request)
        #expect(String(decoding: request.body, as: UTF8.self) == #"{"password": "…(masked)", "a": 1}"#)
        #expect(request.headers["authorization"] == "Bearer sk-…(masked)")
        #expect(request.isMasked && exchange?.session == "a" && exchange?.ending == .unfinished)
        let sent = Array(#"{"password": "x", "a": 1}"#.utf8)
        #expect(request.fingerprint == TapeScribe.fingerprint("POST", "/v1/x", sent, key: Self.key))
    }

    @Test("is nothing of an answer that failed, unless that was asked for", arguments: [true, false])
    func failures(keepsFailures: Bool) throws {
        let failed: [[TapeEvent]] = [
            [Self.began(), Self.head("text/plain", status: 429), Self.complete],
            [Self.began(), Self.head("text/plain"), .ended(.reset, at: Moment(nanoseconds: 1100))],
            [Self.began(), .ended(.unreachable, at: Moment(nanoseconds: 1100))],
        ]
        for events in failed {
            #expect(try (Self.recorded(events, keepsFailures: keepsFailures).exchange != nil) == keepsFailures)
        }
    }

    @Test("is nothing of an answer in a coding that cannot be looked into")
    func coding() throws {
        let (exchange, entries) = try Self.recorded([
            Self.began(), Self.head("text/plain", ["Content-Encoding": "br"]), Self.body("???", at: 20), Self.complete,
        ])
        #expect(exchange == nil)
        guard case .dropped(let reason?) = entries.last?.last else { return #expect(Bool(false)) }
        #expect(reason.contains("'br'"))
    }
}
