import SparringExchange
import SparringWire
import Testing

@testable import SparringCassette

@Suite("The recording of exchanges")
struct RecordingEncoderTests {
    static let key = FingerprintKey(1, 2)

    /// The exchange that the encoder makes from these events, and the entries that each event added.
    static func recorded(
        _ events: [CassetteEvent], rules: [String] = [], keepsFailures: Bool = true
    ) throws -> (exchange: RecordedExchange?, entries: [[CassetteEntry]]) {
        var scribe = RecordingEncoder(
            redaction: CassetteRedaction(try rules.map { try CassetteRedaction.rule($0) }), key: key,
            keepsFailures: keepsFailures)
        let entries = events.map { scribe.take($0) }
        var exchange = RecordedExchange(
            session: "", number: 1, startedAt: 0, request: RecordedRequest(method: "", target: ""), ending: .unfinished)
        for entry in entries.joined() {
            if case .dropped = entry { return (nil, entries) }
            exchange.apply(entry)
        }
        return (exchange, entries)
    }

    static func began(_ body: String = "{}") -> CassetteEvent {
        let request = Request(
            method: "POST", target: "/s/a/v1/x", headers: ["Authorization": "Bearer sk-proj-0123456789abcdef"],
            body: Array(body.utf8))
        return .began(request, target: "/v1/x", session: "a", startedAt: 5, at: Moment(nanoseconds: 1000))
    }

    static func head(_ type: String, status: Int = 200, _ more: HeaderFields = [:]) -> CassetteEvent {
        .head(
            UpstreamHead(
                status: status, reason: "OK",
                headers: HeaderFields([HeaderFields.Field("Content-Type", type)] + more.fields)),
            at: Moment(nanoseconds: 1010))
    }

    static func body(_ text: String, at time: Int64) -> CassetteEvent {
        .body(Array(text.utf8), at: Moment(nanoseconds: 1000 + time))
    }

    static let complete = CassetteEvent.ended(.complete, at: Moment(nanoseconds: 1100))

    @Test("Every complete line of a stream is recorded immediately")
    func lines() throws {
        let (exchange, entries) = try Self.recorded([
            Self.began(), Self.head("text/event-stream"), Self.body("data: 1\n\nda", at: 20),
            Self.body("ta: 2\n", at: 30), Self.body("\n", at: 40), Self.complete,
        ])
        #expect(entries[2] == [.part(Array("data: 1\n\n".utf8), [RecordedPiece(at: 20, count: 9)])])
        let answer = try #require(exchange?.answer)
        #expect(String(decoding: answer.body, as: UTF8.self) == "data: 1\n\ndata: 2\n\n")
        #expect(
            answer.pieces == [
                RecordedPiece(at: 20, count: 11), RecordedPiece(at: 30, count: 6), RecordedPiece(at: 40, count: 1),
            ])
        #expect(answer.headAt == 10 && answer.endAt == 100 && !answer.isMasked)
    }

    @Test("A recording contains no key, even if the network cut the key at any place")
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

    @Test("A recorded request has the fingerprint of the sent request, and none of its secrets")
    func request() throws {
        let (exchange, _) = try Self.recorded([Self.began(#"{"password": "x", "a": 1}"#)])
        let request = try #require(exchange?.request)
        #expect(String(decoding: request.body, as: UTF8.self) == #"{"password": "…(masked)", "a": 1}"#)
        #expect(request.headers["authorization"] == "Bearer sk-…(masked)")
        #expect(request.isMasked && exchange?.session == "a" && exchange?.ending == .unfinished)
        let sent = Array(#"{"password": "x", "a": 1}"#.utf8)
        #expect(request.fingerprint == RecordingEncoder.fingerprint("POST", "/v1/x", sent, key: Self.key))
    }

    @Test("A failed answer is recorded only with keepsFailures", arguments: [true, false])
    func failures(keepsFailures: Bool) throws {
        let failed: [[CassetteEvent]] = [
            [Self.began(), Self.head("text/plain", status: 429), Self.complete],
            [Self.began(), Self.head("text/plain"), .ended(.reset, at: Moment(nanoseconds: 1100))],
            [Self.began(), .ended(.unreachable, at: Moment(nanoseconds: 1100))],
        ]
        for events in failed {
            #expect(try (Self.recorded(events, keepsFailures: keepsFailures).exchange != nil) == keepsFailures)
        }
    }

    @Test("An answer in an unknown content coding is not recorded")
    func coding() throws {
        let (exchange, entries) = try Self.recorded([
            Self.began(), Self.head("text/plain", ["Content-Encoding": "br"]), Self.body("???", at: 20), Self.complete,
        ])
        #expect(exchange == nil)
        guard case .dropped(let reason?) = entries.last?.last else { return #expect(Bool(false)) }
        #expect(reason.contains("'br'"))
    }

    /// A source for a body that is still arriving when its request begins.
    private final class Upload: Feed {
        func open(_ wake: @escaping @Sendable () -> Void) {}
        func next() -> FeedPiece { .nothing }
        func windDown() {}
        func close() {}
    }

    private static func beganUpload(_ headers: HeaderFields = [:]) -> CassetteEvent {
        var request = Request(method: "POST", target: "/v1/x", headers: headers)
        request.upload = Upload()
        return .began(request, target: "/v1/x", session: "a", startedAt: 5, at: Moment(nanoseconds: 1000))
    }

    @Test("An uploaded request is recorded when it is complete, with the answer after it")
    func upload() throws {
        let parts = [#"{"password": "x", "b": "sk-proj-01234567"#, #"89abcdef"}"#]
        let (exchange, entries) = try Self.recorded([
            Self.beganUpload(), .uploaded(Array(parts[0].utf8)), Self.head("text/event-stream"),
            Self.body("data: 1\n\n", at: 20), .uploaded(Array(parts[1].utf8)), .uploadEnded,
            Self.body("data: 2\n\n", at: 40), Self.complete,
        ])
        #expect(entries.map(\.count) == [0, 0, 0, 0, 0, 3, 1, 1])
        let request = try #require(exchange?.request)
        #expect(
            String(decoding: request.body, as: UTF8.self) == #"{"password": "…(masked)", "b": "sk-…(masked)"}"#)
        #expect(
            request.isMasked
                && request.fingerprint
                    == RecordingEncoder.fingerprint("POST", "/v1/x", Array(parts.joined().utf8), key: Self.key)
        )
        #expect(String(decoding: exchange?.answer?.body ?? [], as: UTF8.self) == "data: 1\n\ndata: 2\n\n")
        #expect(exchange?.answer?.headAt == 10 && exchange?.ending == .complete && exchange?.startedAt == 5)
    }

    @Test("A request that is too long or cut short is not recorded")
    func uploadDropped() throws {
        func reason(_ events: [CassetteEvent]) throws -> (after: Int, words: String?) {
            let entries = try Self.recorded(events).entries
            for (index, list) in entries.enumerated() {
                if case .dropped(let reason)? = list.last { return (index, reason) }
            }
            return (-1, nil)
        }
        let half = [UInt8](repeating: 0x61, count: RecordingEncoder.longestRequest / 2)
        let announced = try reason([Self.beganUpload(["Content-Length": "\(RecordingEncoder.longestRequest + 1)"])])
        #expect(announced.after == 0 && announced.words == "its request is larger than 32 MB")
        let fits = [
            Self.beganUpload(["Content-Length": "\(RecordingEncoder.longestRequest)"]), .uploaded(half),
            .uploaded(half),
        ]
        #expect(try reason(fits + [.uploadEnded, Self.head("text/plain"), Self.complete]).after == -1)
        #expect(try reason(fits + [.uploaded([0x61])]).after == 3)
        let early = try reason([Self.beganUpload(), .uploaded([0x61]), Self.head("text/plain"), Self.complete])
        #expect(early.after == 3 && early.words == "it was answered before the whole request was sent")
        let left = try reason([Self.beganUpload(), .uploaded([0x61]), .ended(.left, at: Moment(nanoseconds: 2000))])
        #expect(left.after == 2)
    }
}
