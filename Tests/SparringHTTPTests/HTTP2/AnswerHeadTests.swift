import NIOCore
import NIOHPACK
import Testing

@testable import SparringHTTP

@Suite("HTTP/2 answer heads")
struct AnswerHeadTests {
    private static let text = "HTTP/2 429\r\nDate: now\r\nX-Empty: \r\nretry-after: 1\r\n\r\n"
    private static let fields = [":status: 429", "date: now", "x-empty: ", "retry-after: 1"]

    /// The head's fields, and the bytes of the pieces after the head.
    private static func read(_ pieces: [String]) throws -> (fields: [String], rest: String) {
        var (head, fields, rest) = (AnswerHead(), [String](), "")
        for piece in pieces {
            var bytes = ByteBuffer(string: piece)
            if let found = try head.take(from: &bytes) { fields += found.map { "\($0.name): \($0.value)" } }
            rest += String(buffer: bytes)
        }
        return (fields, rest)
    }

    @Test("An answer head is read whole, byte by byte and cut at every place, without the body")
    func splits() throws {
        let whole = Self.text + "body\r\n\r\nmore"
        let cuts = whole.utf8.indices.map {
            [String(whole.utf8.prefix(upTo: $0)) ?? "", String(whole.utf8.suffix(from: $0)) ?? ""]
        }
        for pieces in [[whole], whole.unicodeScalars.map { String($0) }] + cuts {
            let (fields, rest) = try Self.read(pieces)
            #expect(fields == Self.fields && rest == "body\r\n\r\nmore", "\(pieces)")
        }
    }

    @Test("An answer head that is larger than a frame is rejected")
    func tooLarge() {
        let value = String(repeating: "x", count: AnswerHead.largest)
        #expect(throws: AnswerHead.Failure.tooLarge) { try Self.read(["HTTP/2 200\r\nx: \(value)\r\n\r\n"]) }
    }

    @Test(
        "An answer head without a status or colon is rejected",
        arguments: ["HTTP/2\r\n\r\n", "HTTP/2 200\r\nx\r\n\r\n"])
    func malformed(text: String) {
        #expect(throws: AnswerHead.Failure.self) { try Self.read([text]) }
    }

    @Test("The preface of HTTP/2 is recognized by its first four bytes")
    func preface() {
        let rows: [(String, Preface.Verdict)] = [
            ("P", .undecided), ("PR", .undecided), ("PRI", .undecided), ("PRI ", .http2), ("PRI * HTTP/2.0", .http2),
            ("G", .http1), ("PO", .http1), ("PRX", .http1), ("PRIX", .http1), ("PATCH / HTTP/1.1", .http1),
        ]
        for (text, verdict) in rows { #expect(Preface.verdict(on: Array(text.utf8)) == verdict, "\(text)") }
    }
}
