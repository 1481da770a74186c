import Testing

@testable import SparringWire

/// Tests bytes that the decoders of Brotli 1.1 and Zstandard 1.5 have decoded.
@Suite("Stored content codings")
struct StoredCodingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var format: BodyCoding.Format
        var pieces: [String]
        var bytes: [UInt8]

        var testDescription: String { "\(format), \(pieces.count) pieces" }
    }

    private static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x38]

    @Test(
        "Each piece is a stored block, which a client can decode at once",
        arguments: [
            Row(format: .brotli, pieces: ["hi"], bytes: [0x10, 0x00, 0x10, 0x68, 0x69, 0x03]),
            Row(
                format: .brotli, pieces: ["hi", "yo"],
                bytes: [0x10, 0x00, 0x10, 0x68, 0x69, 0x08, 0x00, 0x08, 0x79, 0x6F, 0x03]),
            Row(format: .brotli, pieces: [], bytes: [0x06]),
            Row(format: .brotli, pieces: [""], bytes: [0x06]),
            Row(format: .zstd, pieces: ["hi"], bytes: magic + [0x10, 0x00, 0x00, 0x68, 0x69, 0x01, 0x00, 0x00]),
            Row(format: .zstd, pieces: [], bytes: magic + [0x01, 0x00, 0x00]),
        ])
    func stored(row: Row) {
        var coding = BodyCoding("x", row.format)
        let bytes = row.pieces.flatMap { coding.push(Array($0.utf8)) } + coding.finish()
        #expect(bytes == row.bytes)
    }

    @Test("A truncated body lacks its end", arguments: [BodyCoding.Format.brotli, .zstd])
    func truncated(format: BodyCoding.Format) {
        var whole = BodyCoding("x", format)
        var cut = BodyCoding("x", format, flaw: .truncated)
        let start = whole.push([1, 2, 3])
        #expect(cut.push([1, 2, 3]) == start)
        #expect(cut.finish().isEmpty)
        #expect(!whole.finish().isEmpty)
    }
}
