/// Estimates tokens without a vocabulary: splits text into pieces that are similar in number and shape to the pieces of byte-pair
/// encodings.
///
/// All reports mark these counts as estimates. Exact counts need a vocabulary.
package enum TokenEstimate {
    /// Splits the text into pieces, one per token. The pieces, joined, are the text again.
    package static func pieces(_ text: String) -> [Substring] {
        var pieces: [Substring] = []
        pieces.reserveCapacity(text.utf8.count / 4 + 1)
        var start = text.startIndex
        var offset = 0
        scan(text) { scanner in
            while let next = scanner.next() {
                let end = text.utf8.index(start, offsetBy: next - offset)
                pieces.append(text[start..<end])
                (start, offset) = (end, next)
            }
        }
        return pieces
    }

    package static func count(_ text: String) -> Int {
        scan(text) { scanner in
            var count = 0
            while scanner.next() != nil { count += 1 }
            return count
        }
    }

    /// Returns the longest prefix of at most `limit` tokens: their number, and the end of the prefix.
    package static func prefix(of text: String, limit: Int) -> (tokens: Int, end: String.Index) {
        let (tokens, end) = scan(text) { scanner in
            var tokens = 0
            while tokens < limit, scanner.next() != nil { tokens += 1 }
            return (tokens, scanner.position)
        }
        return (tokens, text.utf8.index(text.startIndex, offsetBy: end))
    }

    private static func scan<Result>(_ text: String, _ body: (inout TokenScanner) -> Result) -> Result {
        var text = text
        return text.withUTF8 { bytes in
            var scanner = TokenScanner(bytes)
            return body(&scanner)
        }
    }
}

/// Finds the tokens of a text. Works on bytes for speed, because every request and every answer is counted.
private struct TokenScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// The end of the last token, in bytes.
    private(set) var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private enum Class {
        case letter, digit, space, newline, other
        /// A whole scalar outside ASCII: about one token in scripts without spaces.
        case wide
    }

    /// The maximum number of letters in one token. Common words are one token, and long words are split.
    private static let longestWord = 10

    /// The end of the next token; nil at the end of the text.
    mutating func next() -> Int? {
        guard position < bytes.count else { return nil }
        if let end = endOfShortWord {
            position = end
            return end
        }
        var kind = classify(bytes[position])
        var next = after(position)
        // A space joins the word after it, as in all encodings that the estimate stands for.
        if kind == .space, bytes[position] == 0x20, next < bytes.count {
            let following = classify(bytes[next])
            if following == .letter || following == .other || following == .wide {
                kind = following
                next = after(next)
            }
        }
        var length = 1
        let limit = limit(of: kind)
        // This is a fast path, because most text is words of ASCII letters.
        if kind == .letter {
            let run = min(letters(at: next), limit - 1)
            next += run
            length += run
        }
        while next < bytes.count, length < limit, classify(bytes[next]) == kind {
            next = after(next)
            length += 1
        }
        position = next
        return next
    }

    /// The end of a token of at most seven ASCII letters, with the space before them; nil for all other tokens. Most tokens of a text are
    /// short words with a space before them.
    private var endOfShortWord: Int? {
        let start = bytes[position] == 0x20 ? position + 1 : position
        guard start + 8 <= bytes.count else { return nil }
        let length = letters(inWordAt: start)
        guard length & 7 != 0 else { return nil }
        let end = start + length
        // An underscore and a letter outside ASCII continue the word.
        return bytes[end] < 0x80 && bytes[end] != 0x5F ? end : nil
    }

    /// The number of ASCII letters from a place on, at most 16.
    private func letters(at start: Int) -> Int {
        guard start + 8 <= bytes.count else { return bytes[start...].prefix { ($0 | 0x20) &- 0x61 < 26 }.count }
        let first = letters(inWordAt: start)
        guard first == 8, start + 16 <= bytes.count else { return first }
        return 8 + letters(inWordAt: start + 8)
    }

    /// The number of ASCII letters from a place on, in eight bytes at once.
    @inline(__always)
    private func letters(inWordAt start: Int) -> Int {
        let high: UInt64 = 0x8080_8080_8080_8080
        let raw = UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: start, as: UInt64.self)
        let word = UInt64(littleEndian: raw)
        // Changes ASCII letters to lower case, in the lower seven bits of each byte. The addition sets the high bit for `a` and greater
        // letters, or for the bytes after `z`; no byte carries into the next byte.
        let lower = (word | 0x2020_2020_2020_2020) & ~high
        let fromA = lower &+ 0x1F1F_1F1F_1F1F_1F1F
        let aboveZ = lower &+ 0x0505_0505_0505_0505
        let others = ~(fromA & ~aboveZ & ~word) & high
        return others.trailingZeroBitCount / 8
    }

    private func limit(of kind: Class) -> Int {
        switch kind {
        case .letter: Self.longestWord
        case .digit: 3
        case .space, .newline: 16
        case .other: 3
        case .wide: 1
        }
    }

    private func classify(_ byte: UInt8) -> Class {
        switch byte {
        case 0x41...0x5A, 0x5F, 0x61...0x7A: .letter
        case 0x30...0x39: .digit
        case 0x20, 0x09: .space
        case 0x0A, 0x0D: .newline
        // Latin letters with marks, Greek letters and Cyrillic letters form words; each character above these is a token of its own.
        case 0xC3...0xD3, 0x80...0xBF: .letter
        case 0xD4...: .wide
        default: .other
        }
    }

    /// The start of the next scalar.
    private func after(_ index: Int) -> Int {
        var next = index + 1
        while next < bytes.count, bytes[next] & 0xC0 == 0x80 { next += 1 }
        return next
    }
}
