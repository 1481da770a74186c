import Foundation
import SparringCassette
import SparringExchange
import SparringWire
import Testing

@testable import SparringStore

/// Secrets in the bodies of a journal, in any coding and framing.
@Suite("Secrets in the journal")
struct JournalSecretsTests {
    private static let key = "sk-admin-0a1B2c3D4e5F6g7H8i9J"
    private static let secret = #"{"echo":"\#(key)","password":"hunter2"}"#
    private static let masked = #"{"echo":"sk-…(masked)","password":"…(masked)"}"#
    private static let harmless = #"{"echo":"hello, hello, hello, hello, hello"}"#

    private static func gzip(_ text: String) -> [UInt8] {
        ContentCoding.packed(Array(text.utf8), like: [0x1F, 0x8B, 0x08]) ?? []
    }

    private static func chunked(_ body: [UInt8], by size: Int) -> [UInt8] {
        stride(from: 0, to: body.count, by: size).flatMap { start -> [UInt8] in
            let piece = body[start..<min(start + size, body.count)]
            return Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8)
        } + Array("0\r\n\r\n".utf8)
    }

    /// The row of one exchange, and every byte of the file.
    private static func kept(
        request: [UInt8], _ headers: HeaderFields = [:], answer: [UInt8], head: String = ""
    ) async throws -> (row: String, file: Data) {
        let fixture = try JournalFixture()
        var exchange = Exchange.call(1, headers: headers)
        exchange.request.body = request
        let script = WireScript(bytes: Array("HTTP/1.1 200 OK\r\n\(head)\r\n".utf8) + answer)
        #expect(try await fixture.keep([(exchange, script)]) == nil)
        let file = try fixture.everyByte()
        let row = try fixture.query(
            """
            SELECT coalesce(body_dropped, ''), CAST(request AS TEXT), CAST(answer AS TEXT)
            FROM exchanges JOIN bodies ON exchange = id
            """)
        return (try #require(row.first), file)
    }

    @Test("A key in the journal is masked wherever a chunk boundary cuts it", arguments: 1...60)
    func chunks(size: Int) async throws {
        let framed = Self.chunked(Array(Self.secret.utf8), by: size)
        let (row, file) = try await Self.kept(request: [], answer: framed, head: "Transfer-Encoding: chunked\r\n")
        let letters = row.filter { !"\r\n".contains($0) }
        #expect(letters.contains("sk-…(masked)") || row.contains("…(masked)"), "\(row)")
        #expect(file.range(of: Data(Self.key.utf8.suffix(20))) == nil && file.range(of: Data("hunter2".utf8)) == nil)
        #expect(!letters.contains("0a1B") && !letters.contains("9J"), "\(row)")
    }

    @Test(
        "Chunks without a secret stay unchanged, whether complete or cut off", arguments: ["0\r\n\r\n", "zz\r\n", ""])
    func harmlessChunks(end: String) async throws {
        let framed = "5\r\nhello\r\n" + end
        let (row, _) = try await Self.kept(
            request: [], answer: Array(framed.utf8), head: "Transfer-Encoding: chunked\r\n")
        #expect(row == "||\(framed)")
    }

    @Test("A coded body in the journal is decoded and masked if it has a secret, otherwise kept byte for byte")
    func coded() async throws {
        let (secret, harmless) = (Self.gzip(Self.secret), Self.gzip(Self.harmless))
        let head = "Content-Encoding: gzip\r\nContent-Type: application/json\r\n"
        for (body, head) in [
            (secret, head), (Self.chunked(secret, by: 7), head + "transfer-encoding: chunked\r\n"),
        ] {
            let (row, _) = try await Self.kept(
                request: secret, ["Content-Encoding": "gzip"], answer: body, head: head)
            #expect(row == "|\(Self.masked)|\(Self.masked)")
        }
        let (_, file) = try await Self.kept(
            request: harmless, ["Content-Encoding": "gzip"], answer: harmless, head: head)
        #expect(file.range(of: Data(harmless)) != nil)
    }

    @Test("A body whose coding cannot be searched is left out of the journal, and its row has the reason")
    func closed() async throws {
        let closed: [UInt8] = [0x0B, 0x80, 0xFF, 0x41]
        let (first, _) = try await Self.kept(
            request: closed, ["Content-Encoding": "br"], answer: Array("there".utf8))
        #expect(first == "coding||there")
        let (second, _) = try await Self.kept(
            request: Array("here".utf8), answer: closed, head: "content-encoding: zstd\r\n")
        #expect(second == "coding|here|")
        let (text, _) = try await Self.kept(
            request: [], answer: Array("no gzip, \(Self.key)".utf8), head: "content-encoding: gzip\r\n")
        #expect(text == "||no gzip, sk-…(masked)")
    }

    @Test(
        "A request body in the journal is masked by the names of members and form fields",
        arguments: [
            ("application/json", secret, masked),
            ("application/x-www-form-urlencoded", "api_key=hunter2&a=1", "api_key=…(masked)&a=1"),
            (
                "multipart/form-data; boundary=b",
                "--b\r\ncontent-disposition: form-data; name=token_password\r\n\r\nhunter2\r\n--b--",
                "--b\r\ncontent-disposition: form-data; name=token_password\r\n\r\n…(masked)\r\n--b--"
            ),
        ])
    func requests(type: String, body: String, expected: String) async throws {
        let (row, file) = try await Self.kept(
            request: Array(body.utf8), ["Content-Type": type, "api-key": "hunter2"], answer: [])
        #expect(row == "|\(expected)|")
        #expect(file.range(of: Data("hunter2".utf8)) == nil)
    }
}
