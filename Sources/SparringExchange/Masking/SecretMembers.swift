/// Finds the strings of JSON members with a secret's name, without a parser. It finds them in documents, in the events of a stream, in a
/// truncated document, and in a document inside a string (the arguments of a call).
struct SecretMembers {
    private let bytes: UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Calls `body` with each string, without its quotes.
    func forEach(_ body: (Range<Int>) -> Void) {
        var next = 1
        while let colon = Redaction.position(of: UInt8(ascii: ":"), in: bytes, from: next) {
            next = colon + 1
            guard let level = level(ofNameBefore: colon) else { continue }
            next = values(from: colon + 1, level, body)
        }
    }

    /// The number of backslashes before a quote at this depth: 0 in a document, 1 in a document inside a string, then 3.
    private func level(ofNameBefore colon: Int) -> Int? {
        var quote = colon - 1
        while quote > 0, isBlank(bytes[quote]) { quote -= 1 }
        guard quote > 0, bytes[quote] == Self.quote else { return nil }
        let end = quote - backslashes(before: quote)
        var start = end
        while start > 0, end - start < 64, isNameByte(bytes[start - 1]) { start -= 1 }
        guard start > 0, bytes[start - 1] == Self.quote, SecretName.matches(bytes[start..<end]) else { return nil }
        return quote - end
    }

    /// Reads one string, or a list of strings.
    /// - Returns: the position after the strings.
    private func values(from start: Int, _ level: Int, _ body: (Range<Int>) -> Void) -> Int {
        var position = skipped(from: start)
        let isList = position < bytes.count && bytes[position] == UInt8(ascii: "[")
        if isList { position = skipped(from: position + 1) }
        while let text = text(at: position, level) {
            body(text)
            position = skipped(from: text.upperBound + level + 1)
            guard isList, position < bytes.count, bytes[position] == UInt8(ascii: ",") else { return position }
            position = skipped(from: position + 1)
        }
        return position
    }

    private func text(at position: Int, _ level: Int) -> Range<Int>? {
        let quote = position + level
        guard quote < bytes.count, bytes[quote] == Self.quote, backslashes(before: quote) == level else { return nil }
        var next = quote + 1
        while let end = Redaction.position(of: Self.quote, in: bytes, from: next) {
            let count = backslashes(before: end)
            // Fewer backslashes mean the end of the string around the document, which is truncated.
            if count < level || count % (2 * (level + 1)) == level {
                return (quote + 1)..<max(quote + 1, end - min(count, level))
            }
            next = end + 1
        }
        return (quote + 1)..<bytes.count
    }

    private func skipped(from start: Int) -> Int {
        var position = start
        while position < bytes.count {
            if isBlank(bytes[position]) {
                position += 1
            } else if position + 1 < bytes.count, bytes[position] == Self.backslash,
                "nrt".utf8.contains(bytes[position + 1])
            {
                position += 2
            } else {
                break
            }
        }
        return position
    }

    private func backslashes(before index: Int) -> Int {
        var start = index
        while start > 0, bytes[start - 1] == Self.backslash { start -= 1 }
        return index - start
    }

    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")

    private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

    private func isNameByte(_ byte: UInt8) -> Bool {
        Redaction.isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}
