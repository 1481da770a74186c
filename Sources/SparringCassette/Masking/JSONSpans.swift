/// Finds the byte ranges of the scalars in a JSON document, so that single scalars can be replaced.
///
/// The search is lenient: it ends at invalid JSON, and returns the spans before it.
package struct JSONSpans {
    package struct Span: Sendable, Hashable {
        package var place: [CassettePath.Component]
        /// The range of the scalar; it includes the quotes of a string.
        package var range: Range<Int>
        package var isString: Bool
    }

    private let bytes: ArraySlice<UInt8>
    private var position: Int
    private var place: [CassettePath.Component] = []
    private var spans: [Span] = []

    package static func find(in bytes: ArraySlice<UInt8>) -> [Span] {
        var finder = JSONSpans(bytes)
        _ = finder.value()
        return finder.spans
    }

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    private var byte: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ wanted: UInt8) -> Bool {
        skipBlanks()
        guard byte == wanted else { return false }
        position += 1
        return true
    }

    /// - Returns: false if there is no value, which ends the search.
    private mutating func value() -> Bool {
        skipBlanks()
        let start = position
        switch byte {
        case UInt8(ascii: "{"): return place.count < 256 && container(closing: UInt8(ascii: "}")) { $0.member() }
        case UInt8(ascii: "["):
            var index = 0
            return place.count < 256
                && container(closing: UInt8(ascii: "]")) { finder in
                    finder.place.append(.index(index))
                    defer { finder.place.removeLast() }
                    index += 1
                    return finder.value()
                }
        case UInt8(ascii: "\""):
            guard skipString() else { return false }
            spans.append(Span(place: place, range: start..<position, isString: true))
            return true
        default:
            while let byte, Self.isBare(byte) { position += 1 }
            guard position > start else { return false }
            spans.append(Span(place: place, range: start..<position, isString: false))
            return true
        }
    }

    private mutating func container(closing: UInt8, _ element: (inout JSONSpans) -> Bool) -> Bool {
        position += 1
        if take(closing) { return true }
        repeat {
            guard element(&self) else { return false }
        } while take(UInt8(ascii: ","))
        return take(closing)
    }

    private mutating func member() -> Bool {
        skipBlanks()
        let start = position
        guard byte == UInt8(ascii: "\""), skipString() else { return false }
        place.append(.member(String(decoding: bytes[(start + 1)..<(position - 1)], as: UTF8.self)))
        defer { place.removeLast() }
        return take(UInt8(ascii: ":")) && value()
    }

    private mutating func skipString() -> Bool {
        position += 1
        while let byte {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"): position += 1
            default: break
            }
        }
        return false
    }

    private static func isBare(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == 0x2D || byte == 0x2B || byte == 0x2E
    }
}
