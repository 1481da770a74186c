import SparringExchange
import SparringWire
import Testing

@testable import SparringHTTP

@Suite("The decoder of upstream answers")
struct AnswerDecoderTests {
    struct Transcript: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        var isHead = false
        var body: String
        /// True if the answer is complete; nil if it ends when the upstream closes.
        var isComplete: Bool
        var keepsAlive: Bool
        var testDescription: String { name }
    }

    static let transcripts = [
        Transcript(
            name: "a length", text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", body: "hello",
            isComplete: true,
            keepsAlive: true),
        Transcript(
            name: "chunks with extensions and a trailer",
            text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nX: y\r\n\r\n",
            body: "hello!", isComplete: true, keepsAlive: true),
        Transcript(
            name: "until it closes", text: "HTTP/1.0 200 OK\r\n\r\nhello", body: "hello", isComplete: false,
            keepsAlive: false),
        Transcript(
            name: "an interim answer before it",
            text: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", body: "",
            isComplete: true, keepsAlive: false),
        Transcript(
            name: "an answer to HEAD", text: "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", isHead: true, body: "",
            isComplete: true, keepsAlive: true),
        Transcript(
            name: "bare line feeds", text: "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", body: "hi", isComplete: true,
            keepsAlive: true),
        Transcript(
            name: "bytes behind its end", text: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1", body: "hi",
            isComplete: true, keepsAlive: false),
    ]

    @Test("An upstream answer is decoded the same whole, byte by byte and cut at every place", arguments: transcripts)
    func everywhere(transcript: Transcript) throws {
        let bytes = Array(transcript.text.utf8)
        let cuts = (0...bytes.count).map { [Array(bytes[..<$0]), Array(bytes[$0...])] } + [bytes.map { [$0] }]
        for pieces in cuts {
            var decoder = AnswerDecoder(isHead: transcript.isHead)
            var (body, ends, heads): ([UInt8], Int, Int) = ([], 0, 0)
            for piece in pieces {
                for part in try piece.withUnsafeBytes({ try decoder.take($0) }) {
                    switch part {
                    case .head: heads += 1
                    case .body(let more): body += more
                    case .end: ends += 1
                    }
                }
            }
            #expect(heads == 1)
            #expect(String(decoding: body, as: UTF8.self) == transcript.body)
            #expect(ends == (transcript.isComplete ? 1 : 0))
            #expect(decoder.keepsAlive == transcript.keepsAlive)
            let isEnded = decoder.close()
            #expect(isEnded == !transcript.isComplete)
        }
    }

    @Test(
        "A malformed upstream answer is rejected",
        arguments: [
            "SSH-2.0-x\r\n\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
        ])
    func malformed(text: String) {
        var decoder = AnswerDecoder(isHead: false)
        #expect(throws: AnswerDecoder.Malformed.self) {
            _ = try Array(text.utf8).withUnsafeBytes { try decoder.take($0) }
        }
    }

    @Test("An upstream answer keeps the order and spelling of its fields")
    func fields() throws {
        var decoder = AnswerDecoder(isHead: false)
        let text = "HTTP/1.1 429 Too Many\r\nB: 1\r\na:  two \r\nB: \r\nContent-Length: 0\r\n\r\n"
        let parts = try Array(text.utf8).withUnsafeBytes { try decoder.take($0) }
        let head = UpstreamHead(
            status: 429, reason: "Too Many", headers: ["B": "1", "a": "two", "B": "", "Content-Length": "0"])
        #expect(parts == [.head(head), .end])
    }
}
