import Testing

@testable import SparringHTTP

@Suite("The chunk scanner")
struct ChunkScannerTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        /// The bytes up to the end of the body; nil if it does not end.
        var end: Int?
        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "no data", text: "0\r\n\r\nGET", end: 5),
        Row(name: "one chunk, then a request", text: "3\r\nabc\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n", end: 13),
        Row(name: "data that looks like an end", text: "7\r\n0\r\n\r\nxy\r\n0\r\n\r\n", end: 17),
        Row(
            name: "hex in both cases, leading zeros", text: "00a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n!",
            end: 38),
        Row(name: "an extension with digits", text: "2;a=9\r\nhi\r\n0;b\r\n\r\nmore", end: 18),
        Row(name: "trailers", text: "0\r\nA: b\r\nC:\r\n\r\nmore", end: 15),
        Row(name: "bare line feeds", text: "1\nx\r\n0\n\nmore", end: 8),
        Row(name: "a chunk that is cut short", text: "5\r\nabc", end: nil),
        Row(name: "trailers without an end", text: "0\r\nA: b\r\n", end: nil),
        Row(name: "no size", text: "\r\nabc\r\n0\r\n\r\n", end: nil),
        Row(name: "a size beyond 64 bits", text: "fffffffffffffffff\r\nabc\r\n0\r\n\r\n", end: nil),
    ]

    @Test("The chunk scanner finds the end of a body wherever the input is cut", arguments: rows)
    func cut(row: Row) {
        let bytes = Array(row.text.utf8)
        for split in 0...bytes.count { #expect(Self.scan([bytes[..<split], bytes[split...]]) == row.end) }
        #expect(Self.scan(bytes.indices.map { bytes[$0...$0] }) == row.end)
    }

    private static func scan(_ pieces: [ArraySlice<UInt8>]) -> Int? {
        var scanner = ChunkScanner()
        var before = 0
        for piece in pieces {
            if case .ends(let end) = piece.withUnsafeBytes({ scanner.scan($0) }) { return before + end }
            before += piece.count
        }
        return nil
    }
}
