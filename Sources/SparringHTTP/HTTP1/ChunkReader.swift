package import SparringExchange

/// The framing of a chunked body (RFC 9112 §7.1), line by line. Extensions and trailers are checked, and dropped.
package struct ChunkReader {
    package enum State: Hashable {
        /// The reader is in front of the line with a chunk's size.
        case size
        /// The number of bytes of the chunk that are still expected.
        case data(Int)
        /// The reader is in front of the line end after a chunk's data.
        case dataEnd
        /// The reader is in front of a line of the trailer section, or of the empty line that ends the section.
        case trailer
        case ended
    }

    package private(set) var state = State.size

    package init() {}

    /// Takes a line of the framing.
    /// - Parameter line: without its line end.
    package mutating func add(_ line: UnsafeRawBufferPointer) throws(RequestProblem) {
        switch state {
        case .size:
            let size = try Self.size(in: line)
            state = size == 0 ? .trailer : .data(size)
        case .dataEnd:
            guard line.isEmpty else { throw .malformed("a chunk is longer than its size") }
            state = .size
        case .trailer:
            guard !line.isEmpty else { return state = .ended }
            let name = UnsafeRawBufferPointer(rebasing: line[try RequestHead.field(in: line).name])
            // Another server might use these fields as the framing of the message (RFC 9110 §6.5.1).
            guard !HeadBytes.same(name, "content-length"), !HeadBytes.same(name, "transfer-encoding") else {
                throw .malformed("a trailer announces a length")
            }
        case .data, .ended: break
        }
    }

    /// - Parameter count: at most the bytes that are still expected.
    mutating func took(_ count: Int) {
        guard case .data(let left) = state else { return }
        state = left > count ? .data(left - count) : .dataEnd
    }

    private static func size(in line: UnsafeRawBufferPointer) throws(RequestProblem) -> Int {
        let digits = line.prefix { value(ofHex: $0) != nil }
        // Fifteen digits fit into an integer, and no body is that long.
        guard 1...15 ~= digits.count else { throw .malformed("a chunk size is malformed") }
        guard isExtension(line[digits.endIndex...]) else { throw .malformed("a chunk size is malformed") }
        return digits.reduce(0) { $0 << 4 | (value(ofHex: $1) ?? 0) }
    }

    /// Whether the bytes are extensions without blanks (RFC 9112 §7.1.1): `;name`, `;name=value`, `;name="value"`.
    private static func isExtension(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        var rest = bytes
        while rest.first == 0x3B {
            let name = rest.dropFirst().prefix(while: HeadBytes.isToken)
            guard !name.isEmpty else { return false }
            rest = rest[name.endIndex...]
            guard rest.first == 0x3D else { continue }
            rest = rest.dropFirst()
            guard rest.first == 0x22 else {
                rest = rest.drop(while: HeadBytes.isToken)
                continue
            }
            rest = rest.dropFirst().drop { $0 != 0x22 && $0 != 0x5C && HeadBytes.isFieldText($0) }
            guard rest.first == 0x22 else { return false }
            rest = rest.dropFirst()
        }
        return rest.isEmpty
    }

    private static func value(ofHex byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x41...0x46: Int(byte) - 0x41 + 10
        case 0x61...0x66: Int(byte) - 0x61 + 10
        default: nil
        }
    }
}
