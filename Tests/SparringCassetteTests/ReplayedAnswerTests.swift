import SparringWire
import Testing

@testable import SparringCassette

@Suite("Recorded answers as values")
struct ReplayedAnswerTests {
    private static func value(
        _ type: String, _ pieces: [(Int64, String)], headers: HeaderFields = [:], timeScale: Double = 1
    ) -> (Answer, pace: Pace)? {
        var headers = headers
        headers["Content-Type"] = type
        let answer = RecordedAnswer(
            status: 200, reason: "OK", headers: headers, headAt: 1_000_000, body: pieces.flatMap { Array($0.1.utf8) },
            pieces: pieces.map { RecordedPiece(at: $0.0, count: $0.1.utf8.count) }, endAt: pieces.last?.0 ?? 0)
        let exchange = RecordedExchange(
            session: "s", number: 1, startedAt: 0, request: RecordedRequest(method: "POST", target: "/v1/x"),
            answer: answer, ending: .complete)
        return ReplayedAnswer(exchange: exchange, timeScale: timeScale).value()
    }

    @Test("A recorded stream has its events with their kinds, each at its recorded time")
    func events() throws {
        let (answer, pace) = try #require(
            Self.value(
                "text/event-stream; charset=utf-8",
                [
                    (2_000_000, ": hello\n\ndata: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\nda"),
                    (7_600_000, "ta: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n"),
                    (8_200_000, "event: e\ndata: {\"type\":\"response.output_text.delta\"}\r\n\r\n"),
                    (8_900_000, "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"),
                ], headers: ["Content-Length": "12", "Transfer-Encoding": "chunked", "X-A": "b"]))
        guard case .events(let events) = answer.body else { throw NoEvents() }
        #expect(events.map(\.kind) == [.frame, .content(tokens: 1), .content(tokens: 1), .finish, .done])
        #expect(events.map(\.pause) == [2, 5, 1, 0, 0].map { .milliseconds($0) })
        #expect(events.map(\.name) == [nil, nil, "e", nil, nil])
        #expect(answer.headers.fields.map(\.name) == ["X-A", "Content-Type"] && pace == .none)
    }

    private struct NoEvents: Error {}

    @Test(
        "A stream that a list of events cannot represent is not converted",
        arguments: [
            "data: a\ndata: b\n\n", "id: 1\ndata: a\n\n", "event: lonely\n\n", "data: cut",
        ])
    func strange(stream: String) {
        #expect(Self.value("text/event-stream", [(1, stream)]) == nil)
    }

    @Test("A recorded answer that is not a stream arrives at the time of its last piece, scaled")
    func whole() throws {
        let (answer, pace) = try #require(
            Self.value("application/json", [(3_000_000, "{"), (9_000_000, "}")], timeScale: 0.5))
        #expect(answer.body == .whole(Array("{}".utf8)) && pace.first == .microseconds(4500))
        #expect(try #require(Self.value("application/json", [(3, "{}")], timeScale: 0)).pace == .none)
    }
}
