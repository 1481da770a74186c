import SparringExchange
import SparringWire
import TestSupport
import Testing

@testable import SparringHTTP

/// The bytes on the wire for each kind of request and each way of delivering it.
@Suite("Whole conversations on the wire", .timeLimit(.minutes(20)))
struct TranscriptTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var request: String
        var answer: String
        /// Whether the next request on the connection is answered. If that request is not answered, no byte of an answer to it may arrive.
        var keeps = true
        /// Bytes that may precede the answer.
        var interim = ""
        var testDescription: String { name }

        static func refused(_ name: String, _ request: String, _ problem: RequestProblem) -> Row {
            Row(name: name, request: request, answer: "\(problem).", keeps: false)
        }
    }

    private static let smuggled = "GET /smuggled HTTP/1.1\r\n\r\n"
    private static let post = "POST /a HTTP/1.1\r\n"
    private static let chunked = "Transfer-Encoding: chunked\r\n"

    static let rows = [
        Row(name: "no body", request: "GET /a HTTP/1.1\r\nHost: x\r\n\r\n", answer: "GET /a 1.1 [Host=x] ."),
        Row(
            name: "a length", request: post + "Content-Length: 5\r\n\r\nhello",
            answer: "POST /a 1.1 [Content-Length=5] hello."),
        Row(
            name: "chunks", request: post + chunked + "\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nT: u\r\n\r\n",
            answer: "POST /a 1.1 [Transfer-Encoding=chunked] hello."),
        Row(
            name: "HTTP/1.0", request: "POST /a HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello",
            answer: "POST /a 1.0 [Content-Length=5] hello.", keeps: false),
        Row(
            name: "HTTP/1.0 with keep-alive",
            request: "POST /a HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello",
            answer: "POST /a 1.0 [Connection=keep-alive,Content-Length=5] hello."),
        Row(
            name: "Connection: close", request: "GET /a HTTP/1.1\r\nConnection: close\r\n\r\n",
            answer: "GET /a 1.1 [Connection=close] .", keeps: false),
        Row(
            name: "an expectation", request: post + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
            answer: "POST /a 1.1 [Expect=100-continue,Content-Length=5] hello.",
            interim: "HTTP/1.1 100 Continue\r\n\r\n"),
        Row(
            name: "an upgrade to h2c",
            request: post + "Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 5\r\n\r\nhello",
            answer: "POST /a 1.1 [Connection=Upgrade,Upgrade=h2c,Content-Length=5] hello.", keeps: false),
        Row(
            name: "a body of 3 MB",
            request: post + "Content-Length: 3000000\r\n\r\n" + String(repeating: "b", count: 3_000_000),
            answer: "POST /a 1.1 [Content-Length=3000000] 3000000 bytes."),
        .refused(
            "a length of 50 MB", post + "Content-Length: 52428800\r\n\r\n" + String(repeating: "b", count: 100_000),
            .bodyTooLarge(limit: ConnectionLimits().bodyBytes)),
        .refused(
            "a field of 100 kB", "GET / HTTP/1.1\r\nA: \(String(repeating: "a", count: 100_000))\r\n\r\n",
            .headTooLarge(limit: ConnectionLimits().headBytes)),
        .refused(
            "a length, then chunks", post + "Content-Length: 4\r\n" + chunked + "\r\n0\r\n\r\n" + smuggled,
            .malformed("it has both Content-Length and Transfer-Encoding")),
        .refused(
            "chunks, then a length",
            post + chunked + "Content-Length: \(5 + smuggled.utf8.count)\r\n\r\n0\r\n\r\n" + smuggled,
            .malformed("it has both Content-Length and Transfer-Encoding")),
        .refused(
            "chunks that are not the last coding",
            post + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n" + smuggled,
            .malformed("Transfer-Encoding does not end with its only chunked")),
        .refused(
            "an unknown coding", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + smuggled,
            .malformed("Transfer-Encoding does not end with its only chunked")),
        .refused(
            "a space before the colon of a length", post + "Content-Length : 5\r\n\r\nhello" + smuggled,
            .malformed("a header line is malformed")),
        .refused(
            "chunks in HTTP/1.0", "POST /a HTTP/1.0\r\n" + chunked + "\r\n0\r\n\r\n" + smuggled,
            .malformed("HTTP/1.0 has no Transfer-Encoding")),
        .refused(
            "a length with a sign", post + "Content-Length: +5\r\n\r\nhello" + smuggled,
            .malformed("Content-Length is malformed or repeated")),
        .refused(
            "chunk data longer than its size", post + chunked + "\r\n1\r\nab\r\n0\r\n\r\n" + smuggled,
            .malformed("a chunk is longer than its size")),
    ]

    @Test("A request gets the same answer whichever way it is delivered", arguments: rows, Delivery.allCases)
    func deliveries(row: Row, delivery: Delivery) async throws {
        try await Fixture.with { fixture in
            let next = "GET /next 1.1 [] ."
            let expected = row.keeps && delivery.asksTwice ? row.answer + next : row.answer
            let stays = row.keeps && !delivery.endsConnection
            var received = try await fixture.talk { client in
                try delivery.send(Array(row.request.utf8), then: Fixture.get("/next"), on: client)
                return client.receiveText(endingWith: stays ? expected : nil)
            }
            if received.text.hasPrefix(row.interim) { received.text.removeFirst(row.interim.count) }
            #expect(received == RawSocket.Text(text: expected, end: stays ? .open : .finished))
        }
    }

    // MARK: Endings

    struct EndingRow: Sendable, CustomTestStringConvertible {
        var ending: Ending
        var delivery: Delivery
        var reader: Reader
        var testDescription: String { "\(ending), \(delivery.rawValue), \(reader)" }
    }

    enum Reader: Sendable, CaseIterable {
        case fast
        /// The kernel of this reader takes only a few bytes in advance, and the reader has a conversation on another connection before each
        /// read.
        case slow
    }

    static let endingRows = [Ending.keepAlive, .fin, .halfClose, .reset].flatMap { ending in
        Delivery.allCases.flatMap { delivery in
            Reader.allCases.map { EndingRow(ending: ending, delivery: delivery, reader: $0) }
        }
    }

    @Test("Every ending keeps the bytes before it, for every delivery and reader", arguments: endingRows)
    func endings(row: EndingRow) async throws {
        let text = String(repeating: "0123456789", count: 6_000)
        let script = WireScript.steps([
            .text("head ", .head), .step(.fault(0)), .text(text, .event(1)), .step(.fault(1)), .step(.end(row.ending)),
        ])
        try await Fixture.with(["/long": script]) { fixture in
            let isKept = row.ending == .keepAlive
            let stays = isKept && !row.delivery.endsConnection
            let expected = "head " + text + (isKept && row.delivery.asksTwice ? "GET /next 1.1 [] ." : "")
            let received = try await fixture.talk(receiveBuffer: row.reader == .slow ? 4096 : nil) { client in
                let other = try RawSocket(port: fixture.server.port)
                try row.delivery.send(Array(Fixture.get("/long").utf8), then: Fixture.get("/next"), on: client)
                return client.receiveText(endingWith: stays ? expected : nil, bite: row.reader == .slow ? 4096 : 65_536)
                {
                    guard row.reader == .slow else { return }
                    #expect(throws: Never.self) { try other.send(Fixture.get("/other")) }
                    #expect(other.receiveText(endingWith: ".").text == "GET /other 1.1 [] .")
                }
            }
            #expect(received.text == expected)
            #expect(received.end == (stays ? .open : row.ending == .reset ? .reset : .finished))
            let play = await fixture.responder.ended("/long").play.filter { !$0.hasPrefix("gone") }
            let drained = row.ending == .reset ? ["drained"] : []
            #expect(
                play == ["accepted head", "fault 0", "accepted event(1)"] + drained + [
                    "fault 1", "ended \(row.ending)",
                ])
        }
    }
}
