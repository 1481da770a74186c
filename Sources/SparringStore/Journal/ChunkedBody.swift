/// The payload of a chunked body (RFC 9112 §7.1), with a map back to the framed bytes. The map is needed because a chunk may end in the
/// middle of a word.
struct ChunkedBody {
    private(set) var payload: [UInt8] = []
    /// Whether the whole body was chunked, up to the last chunk.
    private(set) var isWhole = false
    /// The start of each chunk, in the payload and in the framed body.
    private var starts: [(payload: Int, framed: Int)] = []

    init(_ framed: [UInt8]) {
        var rest = framed[...]
        payload.reserveCapacity(framed.count)
        while let end = rest.firstIndex(of: 0x0A), let size = Self.size(rest[..<end]) {
            rest = rest[(end + 1)...]
            guard size > 0 else {
                isWhole = rest.allSatisfy { $0 == 0x0D || $0 == 0x0A }
                return
            }
            starts.append((payload.count, rest.startIndex))
            payload += rest.prefix(size)
            guard rest.count > size else { return }
            rest = rest.dropFirst(size)
            if rest.first == 0x0D { rest = rest.dropFirst() }
            guard rest.popFirst() == 0x0A else { return }
        }
    }

    /// The size of a chunk: hexadecimal digits, which extensions may follow after a semicolon.
    private static func size(_ line: ArraySlice<UInt8>) -> Int? {
        let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != 0x0D && $0 != 0x20 }
        guard !digits.isEmpty, digits.count < 9 else { return nil }
        return Int(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    /// Converts a range of the payload, which must not be empty, to the range in the framed body. Framing inside the range belongs to the
    /// result.
    func place(_ range: Range<Int>) -> Range<Int> { framed(range.lowerBound)..<(framed(range.upperBound - 1) + 1) }

    private func framed(_ offset: Int) -> Int {
        var (low, high) = (0, starts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle].payload <= offset { low = middle } else { high = middle }
        }
        return starts.isEmpty ? offset : starts[low].framed + offset - starts[low].payload
    }
}
