import TestSupport
import Testing

/// Requests whose end two servers could find at different places, each followed by another request on the connection.
@Suite("Request smuggling", .timeLimit(.minutes(20)))
struct RequestSmugglingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var fields: String
        var body = "0\r\n\r\n"
        var version = "1.1"
        /// The number of answers: two if the framing is allowed, because the hidden text is then a separate request.
        var answers = 1
        var testDescription: String { name }
    }

    private static let chunked = "Transfer-Encoding: chunked\r\n"

    static let rows = [
        Row(name: "the same length twice", fields: "Content-Length: 2\r\nContent-Length: 2\r\n", body: "{}"),
        Row(name: "a list of lengths", fields: "Content-Length: 2, 2\r\n", body: "{}"),
        Row(name: "two lengths", fields: "Content-Length: 2\r\nContent-Length: 3\r\n", body: "{}x"),
        Row(name: "a length with a sign", fields: "Content-Length: +2\r\n", body: "{}"),
        Row(name: "a hexadecimal length", fields: "Content-Length: 0x2\r\n", body: "{}"),
        Row(name: "a negative length", fields: "Content-Length: -1\r\n", body: "{}"),
        Row(name: "an empty length", fields: "Content-Length: \r\n", body: "{}"),
        Row(name: "a length, then chunks", fields: "Content-Length: 4\r\n" + chunked),
        Row(name: "chunks, then a length", fields: chunked + "Content-Length: 4\r\n"),
        Row(name: "an unknown coding", fields: "Transfer-Encoding: xchunked\r\n"),
        Row(name: "chunks below another coding", fields: "Transfer-Encoding: chunked, identity\r\n"),
        Row(name: "no coding", fields: "Transfer-Encoding: identity\r\n"),
        Row(name: "chunks of a compressed body", fields: "Transfer-Encoding: gzip, chunked\r\n", answers: 2),
        Row(name: "chunks twice", fields: chunked + chunked),
        Row(name: "a tab before the coding", fields: "Transfer-Encoding:\tchunked\r\n", answers: 2),
        Row(name: "a vertical tab before the coding", fields: "Transfer-Encoding: \u{B}chunked\r\n"),
        Row(name: "a space before the colon", fields: "Transfer-Encoding : chunked\r\n"),
        Row(name: "a folded line", fields: "Transfer-Encoding:\r\n chunked\r\n"),
        Row(name: "a line that ends in LF", fields: "X: a\n" + chunked),
        Row(name: "a line that ends in CR", fields: "X: a\r" + chunked),
        Row(name: "NUL in a name", fields: "Content-Length\u{0}: 2\r\n", body: "{}"),
        Row(name: "a chunk size with 0x", fields: chunked, body: "0x2\r\n{}\r\n0\r\n\r\n"),
        Row(name: "a negative chunk size", fields: chunked, body: "-1\r\n{}\r\n0\r\n\r\n"),
        Row(name: "a chunk size beyond 64 bits", fields: chunked, body: "10000000000000002\r\n{}\r\n0\r\n\r\n"),
        Row(name: "a chunk longer than its size", fields: chunked, body: "2\r\n{}XX0\r\n\r\n"),
        Row(name: "chunk lines that end in LF", fields: chunked, body: "2\n{}\n0\n\n"),
        Row(name: "a chunk extension that ends in LF", fields: chunked, body: "2;a\n{}\r\n0\r\n\r\n"),
        Row(name: "chunks in HTTP/1.0", fields: chunked, version: "1.0"),
    ]

    @Test("A request without one clear end gets 400, and the text after it is never a request", arguments: rows)
    func oneEnd(row: Row) async throws {
        let server = try await ServerProcess()
        let answer = try await blocking {
            let socket = try RawSocket(port: server.port)
            try socket.send(
                "POST /v1/embeddings HTTP/\(row.version)\r\nHost: a\r\nAuthorization: Bearer k\r\n"
                    + "Content-Type: application/json\r\n\(row.fields)\r\n\(row.body)"
                    + "GET /v1/models HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer k\r\nConnection: close\r\n\r\n")
            return socket.receive().bytes
        }
        let text = String(decoding: answer, as: UTF8.self)
        #expect(text.hasPrefix("HTTP/1.1 400 "))
        // Every answer has one `date` field, so dates count answers.
        #expect(text.split(separator: "\r\ndate: ").count - 1 == row.answers, "\(text)")
    }
}
