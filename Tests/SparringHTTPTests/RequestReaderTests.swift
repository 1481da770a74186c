import NIOCore
import SparringExchange
import SparringWire
import Testing

@testable import SparringHTTP

@Suite("The request reader")
struct RequestReaderTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        /// The parts that were read, in the notation of `Reading`.
        var reading: String
        var testDescription: String { name }
    }

    private static let post = "POST /a HTTP/1.1\r\n"
    private static let chunked = post + "Transfer-Encoding: chunked\r\n\r\n"
    private static let next = "GET /b HTTP/1.1\r\n\r\n"

    static let readable = [
        Row(name: "no field", text: "GET / HTTP/1.1\r\n\r\n", reading: "GET / 1.1 [] |"),
        Row(
            name: "a request after a body", text: post + "Content-Length: 4\r\n\r\nab\r\n" + next,
            reading: "POST /a 1.1 [Content-Length=4] ab\r\n| GET /b 1.1 [] |"),
        Row(name: "empty lines before it", text: "\r\n\r\n\n" + next, reading: "GET /b 1.1 [] |"),
        Row(name: "nothing but empty lines", text: "\r\n\r\n\r\n", reading: ""),
        Row(
            name: "an empty value, and blanks around another", text: "GET /b HTTP/1.1\r\nA:\r\nB: \t c d\t \r\n\r\n",
            reading: "GET /b 1.1 [A=,B=c d] |"),
        Row(name: "a head without an end", text: "GET / HTTP/1.1\r\nA: b\r\n", reading: "incomplete"),
        Row(
            name: "a body without an end", text: post + "Content-Length: 2\r\n\r\na",
            reading: "POST /a 1.1 [Content-Length=2] a incomplete"),
        Row(name: "UTF-8 in a field", text: "GET / HTTP/1.1\r\nA: é€😀\r\n\r\n", reading: "GET / 1.1 [A=é€😀] |"),
        Row(name: "UTF-8 in a target", text: "GET /é HTTP/1.1\r\n\r\n", reading: "GET /é 1.1 [] |"),
        Row(name: "an absolute URL", text: "GET http://a/b HTTP/1.1\r\n\r\n", reading: "GET http://a/b 1.1 [] |"),
        Row(name: "a method that no standard has", text: "BREW /a HTTP/1.1\r\n\r\n", reading: "BREW /a 1.1 [] |"),
        Row(name: "the server itself", text: "OPTIONS * HTTP/1.1\r\n\r\n", reading: "OPTIONS * 1.1 [] |"),
        Row(
            name: "CONNECT, whose body has no meaning", text: "CONNECT a:1 HTTP/1.1\r\nContent-Length: 3\r\n\r\n",
            reading: "CONNECT a:1 1.1 [Content-Length=3] | last"),
        Row(name: "HTTP/1.0", text: "GET / HTTP/1.0\r\n\r\n", reading: "GET / 1.0 [] | last"),
        Row(
            name: "HTTP/1.0 that stays", text: "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
            reading: "GET / 1.0 [Connection=Keep-Alive] |"),
        Row(
            name: "a close in a list", text: "GET / HTTP/1.1\r\nConnection: a , CLOSE\r\n\r\n",
            reading: "GET / 1.1 [Connection=a , CLOSE] | last"),
        Row(
            name: "an upgrade in two fields", text: "GET / HTTP/1.1\r\nUPGRADE: h2c\r\nconnection: upgrade\r\n\r\n",
            reading: "GET / 1.1 [UPGRADE=h2c,connection=upgrade] | last"),
        Row(
            name: "no chunk", text: chunked + "0\r\n\r\n" + next,
            reading: "POST /a 1.1 [Transfer-Encoding=chunked] | GET /b 1.1 [] |"),
        Row(
            name: "data that looks like an end", text: chunked + "7\r\n0\r\n\r\nxy\r\n0\r\n\r\n",
            reading: "POST /a 1.1 [Transfer-Encoding=chunked] 0\r\n\r\nxy|"),
        Row(
            name: "hex in both cases, leading zeros, extensions, and trailers",
            text: chunked + "00a;b=\"c\"\r\n0123456789\r\nB\r\n0123456789a\r\n0;a\r\nA: b\r\nC:\r\n\r\n",
            reading: "POST /a 1.1 [Transfer-Encoding=chunked] 01234567890123456789a|"),
        Row(
            name: "a chunk that is cut short", text: chunked + "5\r\nabc",
            reading: "POST /a 1.1 [Transfer-Encoding=chunked] abc incomplete"),
        Row(
            name: "chunks above another coding",
            text: post + "Transfer-Encoding: gzip\r\nTransfer-Encoding:\tChunked\r\n\r\n0\r\n\r\n",
            reading: "POST /a 1.1 [Transfer-Encoding=gzip,Transfer-Encoding=Chunked] |"),
    ]

    static let refused = [
        Row(name: "a TLS handshake", text: "\u{16}\u{3}\u{1}", reading: "it does not begin with a request line"),
        Row(name: "no target", text: "GET\r\n", reading: "it does not begin with a request line"),
        Row(
            name: "a method with a colon", text: "GET: / HTTP/1.1\r\n", reading: "it does not begin with a request line"
        ),
        Row(name: "no version", text: "GET /\r\n", reading: "the version is not HTTP/1.0 or HTTP/1.1"),
        Row(
            name: "a version in lower case", text: "GET / http/1.1\r\n",
            reading: "the version is not HTTP/1.0 or HTTP/1.1"),
        Row(name: "another version", text: "GET / HTTP/1.2\r\n", reading: "the version is not HTTP/1.0 or HTTP/1.1"),
        Row(name: "two spaces", text: "GET  / HTTP/1.1\r\n", reading: "the version is not HTTP/1.0 or HTTP/1.1"),
        Row(name: "an empty target", text: "GET  HTTP/1.1\r\n", reading: "the request target is malformed"),
        Row(name: "a target without a slash", text: "GET a HTTP/1.1\r\n", reading: "the request target is malformed"),
        Row(name: "a tab in a target", text: "GET /\ta HTTP/1.1\r\n", reading: "the request target is malformed"),
        Row(name: "a line that ends with LF", text: post + "A: b\n", reading: "a line does not end with CRLF"),
        Row(name: "CR in a line", text: post + "A: b\rC: d\r\n", reading: "a header line is malformed"),
        Row(name: "NUL in a value", text: post + "A: \0\r\n", reading: "a header line is malformed"),
        Row(name: "a line without a colon", text: post + "A b\r\n", reading: "a header line is malformed"),
        Row(name: "a line without a name", text: post + ": b\r\n", reading: "a header line is malformed"),
        Row(name: "a space before a colon", text: post + "A : b\r\n", reading: "a header line is malformed"),
        Row(name: "a folded line", text: post + "A: b\r\n c: d\r\n", reading: "a header line is malformed"),
        Row(
            name: "the same length twice", text: post + "Content-Length: 1\r\ncontent-length: 1\r\n",
            reading: "Content-Length is malformed or repeated"),
        Row(
            name: "a list of lengths", text: post + "Content-Length: 1, 1\r\n",
            reading: "Content-Length is malformed or repeated"),
        Row(name: "no length", text: post + "Content-Length:\r\n", reading: "Content-Length is malformed or repeated"),
        Row(
            name: "a length beyond 64 bits", text: post + "Content-Length: 99999999999999999999\r\n",
            reading: "Content-Length is malformed or repeated"),
        Row(
            name: "chunks, then a length", text: post + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
            reading: "it has both Content-Length and Transfer-Encoding"),
        Row(
            name: "chunks twice", text: post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            reading: "Transfer-Encoding does not end with its only chunked"),
        Row(
            name: "an unknown coding", text: post + "Transfer-Encoding: xchunked\r\n\r\n",
            reading: "Transfer-Encoding does not end with its only chunked"),
        Row(
            name: "chunks in HTTP/1.0", text: "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
            reading: "HTTP/1.0 has no Transfer-Encoding"),
        Row(name: "no chunk size", text: chunked + "\r\n", reading: "a chunk size is malformed"),
        Row(name: "a chunk size with 0x", text: chunked + "0x2\r\n", reading: "a chunk size is malformed"),
        Row(name: "a space after a chunk size", text: chunked + "2 \r\n", reading: "a chunk size is malformed"),
        Row(
            name: "a chunk size beyond 64 bits", text: chunked + "fffffffffffffffff\r\n",
            reading: "a chunk size is malformed"),
        Row(name: "a chunk line that ends with LF", text: chunked + "2\n", reading: "a line does not end with CRLF"),
        Row(
            name: "data longer than its chunk", text: chunked + "1\r\nab\r\n",
            reading: "a chunk is longer than its size"),
        Row(name: "an extension without a name", text: chunked + "2;\r\n", reading: "a chunk size is malformed"),
        Row(name: "a malformed extension", text: chunked + "2;a=\"\r\n", reading: "a chunk size is malformed"),
        Row(
            name: "a length as a trailer", text: chunked + "0\r\nContent-Length: 2\r\n",
            reading: "a trailer announces a length"),
        Row(name: "a malformed trailer", text: chunked + "0\r\nA b\r\n", reading: "a header line is malformed"),
    ]

    @Test("Requests are read the same wherever the input is cut", arguments: readable)
    func requests(row: Row) {
        for memo in [nil, HeadMemo()] {
            for pieces in Self.cuts(Array(row.text.utf8)) {
                #expect(Reading(of: pieces, memo: memo).text == row.reading)
            }
        }
    }

    @Test("A request without one clear meaning is refused wherever the input is cut", arguments: refused)
    func problems(row: Row) {
        for memo in [nil, HeadMemo()] {
            for pieces in Self.cuts(Array((row.text + Self.next).utf8)) {
                #expect(Reading(of: pieces, memo: memo).problem == .malformed(row.reading))
            }
        }
    }

    @Test("Heads are read right if connections share the memory of heads, and send more heads than it holds")
    func sharedHeads() {
        let memo = HeadMemo()
        let rows = Self.readable + Self.readable.reversed()
        for row in rows { #expect(Reading(of: [Array(row.text.utf8)[...]], memo: memo).text == row.reading) }
    }

    private final class Note: Sendable {}

    @Test("The requests of a remembered head share the facts about it, and a request with another field has none")
    func sharedFacts() throws {
        let memo = HeadMemo()
        func request() -> Request? {
            var (reader, bytes) = (RequestReader(limit: 1 << 16, memo: memo), ByteBuffer(string: Self.next))
            guard case .head(let head)? = reader.next(from: &bytes) else { return nil }
            return head.request
        }
        // The first request is made before its head is remembered.
        #expect(request() != nil)
        let second = try #require(request())
        let facts = HeadFacts(Note())
        #expect(second.facts == nil && second.keep(facts) === facts)
        var third = try #require(request())
        #expect(third.facts === facts && third.keep(HeadFacts(Note())) === facts)
        third.body = [1]
        #expect(third.facts === facts)
        third.headers["x-a"] = "b"
        #expect(third.facts == nil)
    }

    @Test("A head that another connection may send is refused on a connection with a lower limit")
    func rememberedHeadAboveLimit() {
        let (memo, bytes) = (HeadMemo(), Array(Self.next.utf8)[...])
        #expect(Reading(of: [bytes], limit: bytes.count, memo: memo).problem == nil)
        #expect(
            Reading(of: [bytes], limit: bytes.count - 1, memo: memo).problem == .headTooLarge(limit: bytes.count - 1))
    }

    @Test(
        "Bytes that are not UTF-8 are refused wherever the input is cut",
        arguments: [
            [0xFF], [0x80], [0xC3], [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xE2, 0x82],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xC3, 0xA9, 0xA9],
        ] as [[UInt8]]
    )
    func invalid(sequence: [UInt8]) {
        for start in ["GET / HTTP/1.1\r\nA: ", "GET /"] {
            let bytes = Array(start.utf8) + sequence + Array((start.hasSuffix("/") ? " HTTP/1.1" : "").utf8)
            for pieces in Self.cuts(bytes + Array("\r\n\r\n".utf8)) {
                #expect(Reading(of: pieces).problem == .malformed("the head has bytes that are not UTF-8"))
            }
        }
    }

    @Test(
        "The head, a chunk's line and the trailers may each have as many bytes as the limit allows, and no more",
        arguments: [
            ("GET / HTTP/1.1\r\nA: ", 77, "\r\n\r\n"), (chunked + "0;", 96, "\r\n\r\n"),
            (chunked + "0\r\nA:", 94, "\r\n\r\n"),
        ])
    func limits(start: String, room: Int, end: String) {
        for (count, isRefused) in [(room, false), (room + 1, true)] {
            let text = start + String(repeating: "a", count: count) + end
            for pieces in Self.cuts(Array(text.utf8)) {
                #expect((Reading(of: pieces, limit: 100).problem == .headTooLarge(limit: 100)) == isRefused)
            }
        }
    }

    private static func cuts(_ bytes: [UInt8]) -> [[ArraySlice<UInt8>]] {
        (0...bytes.count).map { [bytes[..<$0], bytes[$0...]] } + [bytes.indices.map { bytes[$0...$0] }]
    }
}

/// The parts that a reader returns for the bytes, as text that does not depend on how the bodies were cut.
private struct Reading {
    var text = ""
    var problem: RequestProblem?

    init(of pieces: [ArraySlice<UInt8>], limit: Int = 10_000, memo: HeadMemo? = nil) {
        var reader = RequestReader(limit: limit, memo: memo)
        var isLast = false
        for piece in pieces {
            var bytes = ByteBuffer(bytes: piece)
            while let part = reader.next(from: &bytes) {
                switch part {
                case .head(let head):
                    let fields = head.headers.fields.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
                    text +=
                        "\(text.isEmpty ? "" : " ")\(head.method) \(head.target) \(head.version == .http10 ? "1.0" : "1.1") [\(fields)] "
                    isLast = head.isLast
                case .body(let bytes): text += String(buffer: bytes)
                case .end: text += isLast ? "| last" : "|"
                case .problem(let problem): self.problem = problem
                }
            }
        }
        if reader.isIncomplete { text += text.isEmpty || text.hasSuffix(" ") ? "incomplete" : " incomplete" }
    }
}
