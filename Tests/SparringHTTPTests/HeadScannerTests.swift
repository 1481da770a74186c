import Testing

@testable import SparringHTTP

@Suite("The head scanner")
struct HeadScannerTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        /// The bytes up to the end of the head; nil if it does not end.
        var end: Int?
        /// The bytes of the head itself.
        var count: Int
        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "no field", text: "GET / HTTP/1.1\r\n\r\n", end: 18, count: 18),
        Row(name: "a field, then a body", text: "GET / HTTP/1.1\r\nA: b\r\n\r\nbody\r\n\r\n", end: 24, count: 24),
        Row(name: "empty lines before it", text: "\r\n\r\nGET / HTTP/1.1\r\n\r\nmore", end: 22, count: 18),
        Row(name: "bare line feeds", text: "GET / HTTP/1.1\nA: b\n\nmore", end: 21, count: 21),
        Row(name: "an empty value", text: "GET / HTTP/1.1\r\nA:\r\n\r\n", end: 22, count: 22),
        Row(name: "no end", text: "GET / HTTP/1.1\r\nA: b\r\n", end: nil, count: 22),
        Row(name: "nothing but empty lines", text: "\r\n\r\n\r\n", end: nil, count: 0),
        Row(name: "UTF-8 in a field", text: "GET / HTTP/1.1\r\nA: é€😀\r\n\r\n", end: 32, count: 32),
    ]

    @Test("The head scanner finds the end of a head wherever the input is cut", arguments: rows)
    func cut(row: Row) {
        let bytes = Array(row.text.utf8)
        for split in 0...bytes.count {
            #expect(Self.scan([bytes[..<split], bytes[split...]]) == Found(end: row.end, count: row.count))
        }
        #expect(Self.scan(bytes.indices.map { bytes[$0...$0] }) == Found(end: row.end, count: row.count))
    }

    @Test(
        "The head scanner detects bytes that are not UTF-8 wherever the input is cut",
        arguments: [
            [0xFF], [0x80], [0xC3], [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xE2, 0x82],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xC3, 0xA9, 0xA9],
        ] as [[UInt8]]
    )
    func invalid(sequence: [UInt8]) {
        let bytes = Array("GET / HTTP/1.1\r\nA: ".utf8) + sequence + Array("\r\n\r\n".utf8)
        for split in 0...bytes.count { #expect(Self.scan([bytes[..<split], bytes[split...]]) == nil) }
    }

    @Test(
        "The head scanner reads a Content-Length of plain digits and ignores any other value",
        arguments: [
            ("Content-Length: 12", 12), ("content-LENGTH:7", 7), ("Content-Length: 0", 0), ("Content-Length: 1 ", nil),
            ("Content-Length: +1", nil), ("Content-Length : 1", nil), ("Content-Length:", nil),
            ("Content-Lengths: 1", nil),
            ("X-Content-Length: 1", nil), (" Content-Length: 1", nil), ("Content-Length: 99999999999999999999", nil),
        ] as [(String, Int?)])
    func announcedLength(line: String, length: Int?) {
        var scanner = HeadScanner()
        let head = "POST / HTTP/1.1\r\nC: d\r\n\(line)\r\nA: b\r\n\r\n"
        #expect(Array(head.utf8).withUnsafeBytes { scanner.scan($0) } == .ends(after: head.utf8.count))
        #expect(scanner.announcedLength == length)
    }

    @Test("Valid UTF-8 of the whole range of Unicode is accepted")
    func valid() {
        let scalars = stride(from: 0x80, through: 0x10FFFF, by: 7).compactMap { Unicode.Scalar($0 as Int) }
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        var progress = UTF8Progress()
        #expect(Array(text.utf8).withUnsafeBytes { progress.accepts($0) })
    }

    struct Found: Equatable {
        var end: Int?
        var count: Int
    }

    /// Nil if the bytes are not UTF-8.
    private static func scan(_ pieces: [ArraySlice<UInt8>]) -> Found? {
        var scanner = HeadScanner()
        var before = 0
        for piece in pieces {
            switch piece.withUnsafeBytes({ scanner.scan($0) }) {
            case .goesOn: before += piece.count
            case .ends(let end): return Found(end: before + end, count: scanner.count)
            case .notUTF8: return nil
            }
        }
        return Found(end: nil, count: scanner.count)
    }
}
