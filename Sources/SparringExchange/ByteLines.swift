/// The bytes of an HTTP message as lines that people can read. Bytes that are not printable ASCII or UTF-8 text are shown as escapes.
///
/// A line ends at a line feed, which is not shown. A carriage return before the line feed is shown as `\r` in the body, where servers
/// differ, but not in the head, where every line has one.
package enum ByteLines {
    /// The maximum number of lines of a message, and of characters of a line. Longer messages and lines are cut, and the number of missing
    /// lines or characters is shown.
    static let mostLines = 120
    static let mostCharacters = 400

    package static func lines(_ message: [UInt8]) -> [String] {
        guard !message.isEmpty else { return [] }
        var lines: [String] = []
        var isHead = true
        var rest = message[...]
        while !rest.isEmpty, lines.count < mostLines {
            let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
            var line = rest[..<end]
            if isHead, end < rest.endIndex, line.last == 0x0D { line = line.dropLast() }
            if line.isEmpty { isHead = false }
            lines.append(text(line))
            rest = rest[min(end + 1, rest.endIndex)...]
        }
        if !rest.isEmpty { lines.append("… \(rest.count) more bytes") }
        return lines
    }

    private static func text(_ line: ArraySlice<UInt8>) -> String {
        var text = ""
        var count = 0
        // A character in UTF-8 has up to four bytes. A byte that belongs to no character is shown by its value.
        var decoder = UTF8()
        var bytes = line.makeIterator()
        var place = line.startIndex
        decoding: while count < mostCharacters {
            switch decoder.decode(&bytes) {
            case .scalarValue(let scalar):
                text += escape(scalar)
                place += UTF8.width(scalar)
            case .emptyInput: break decoding
            case .error:
                text += hex(line[place])
                place += 1
                decoder = UTF8()
                bytes = line[place...].makeIterator()
            }
            count += 1
        }
        return place < line.endIndex ? "\(text)… \(line.endIndex - place) more bytes" : text
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\r": "\\r"
        case "\t": "\\t"
        case "\u{00}"..."\u{1F}", "\u{7F}": hex(UInt8(scalar.value))
        // These characters would move the cursor or join lines.
        case "\u{80}"..."\u{9F}", "\u{2028}", "\u{2029}": "\\u{\(String(scalar.value, radix: 16))}"
        default: String(scalar)
        }
    }

    private static func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return "\\x" + (digits.count == 1 ? "0" : "") + digits
    }
}
