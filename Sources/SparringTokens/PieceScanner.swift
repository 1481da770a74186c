/// Cuts a text into the pieces that byte-pair encoding works on: the matches of the split pattern in tiktoken.
///
/// The patterns are regular expressions with look-ahead and preferences. This code implements them in one pass over UTF-8, which looks at
/// each byte a bounded number of times. `docs/reference/api/tokens.md` has the patterns.
struct PieceScanner {
    private let bytes: UnsafeRawBufferPointer
    private let table: UnsafeBufferPointer<UInt8>
    private let kinds: ScalarKinds
    private let isNewer: Bool
    /// The end of the last piece.
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer, _ encoding: TokenEncoding, _ tables: TokenTables) {
        self.bytes = bytes
        table = tables.table
        kinds = tables.kinds
        isNewer = encoding == .o200k
    }

    /// The end of the next piece; nil at the end of the text.
    @inline(__always)
    mutating func next() -> Int? {
        guard position < bytes.count else { return nil }
        position = isNewer ? endOfNewerPiece(position) : endOfOlderPiece(position)
        return position
    }

    // MARK: Characters

    /// The class of a character, and the start of the next character. The text is valid UTF-8; at the end of the text, the class is empty.
    @inline(__always)
    private func character(at index: Int) -> (kind: ScalarKind, next: Int) {
        guard index < bytes.count else { return ([], index) }
        let first = bytes[index]
        if first < 0x80 { return (ScalarKind(rawValue: table[Int(first)]), index + 1) }
        return wideCharacter(first, at: index)
    }

    private func wideCharacter(_ first: UInt8, at index: Int) -> (kind: ScalarKind, next: Int) {
        func more(_ offset: Int) -> UInt32 { UInt32(bytes[index + offset] & 0x3F) }
        let scalar: UInt32
        let length: Int
        if first < 0xE0 {
            scalar = UInt32(first & 0x1F) << 6 | more(1)
            length = 2
        } else if first < 0xF0 {
            scalar = UInt32(first & 0x0F) << 12 | more(1) << 6 | more(2)
            length = 3
        } else {
            scalar = UInt32(first & 0x07) << 18 | more(1) << 12 | more(2) << 6 | more(3)
            length = 4
        }
        let kind =
            Int(scalar) < table.count ? ScalarKind(rawValue: table[Int(scalar)]) : kinds.kindAbove(scalar)
        return (kind, index + length)
    }

    /// The end of a run of characters of these classes.
    @inline(__always)
    private func end(of wanted: ScalarKind, from index: Int) -> Int {
        var index = index
        while true {
            let (kind, next) = character(at: index)
            guard kind.isOne(of: wanted) else { return index }
            index = next
        }
    }

    // MARK: Both encodings

    /// The end of a match of `\p{N}{1,3}`, given the end of its first character.
    private func endOfNumber(_ second: Int) -> Int {
        let (kind, third) = character(at: second)
        guard kind == .number else { return second }
        let (last, end) = character(at: third)
        return last == .number ? end : third
    }

    /// The end of a piece of white space: after its last line break, or without a line break, before the character that starts the next
    /// piece.
    ///
    /// - Parameter takesAllAtEnd: whether white space at the end of the text is one piece, even with line breaks.
    private func endOfWhite(from start: Int, takesAllAtEnd: Bool) -> Int {
        var index = start
        var last = start
        var afterNewline = start
        while true {
            let (kind, next) = character(at: index)
            guard kind.isOne(of: .white) else { break }
            last = index
            index = next
            if kind == .newline { afterNewline = next }
        }
        if index == bytes.count, takesAllAtEnd { return index }
        if afterNewline > start { return afterNewline }
        return index == bytes.count || last == start ? index : last
    }

    /// The length of a contraction such as `'s` or `'re` at an index; 0 if no contraction starts there. `'ſ` is also a contraction, because
    /// case is ignored.
    private func contraction(at index: Int) -> Int {
        guard index + 1 < bytes.count, bytes[index] == UInt8(ascii: "'") else { return 0 }
        let first = bytes[index + 1]
        switch first | 0x20 {
        case UInt8(ascii: "s"), UInt8(ascii: "d"), UInt8(ascii: "m"), UInt8(ascii: "t"): return 2
        default: break
        }
        guard index + 2 < bytes.count else { return 0 }
        switch (first | 0x20, bytes[index + 2] | 0x20) {
        case (UInt8(ascii: "l"), UInt8(ascii: "l")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
            (UInt8(ascii: "r"), UInt8(ascii: "e")):
            return 3
        default: return first == 0xC5 && bytes[index + 2] == 0xBF ? 3 : 0
        }
    }

    // MARK: cl100k_base

    private func endOfOlderPiece(_ start: Int) -> Int {
        let contraction = contraction(at: start)
        if contraction > 0 { return start + contraction }
        let (kind, next) = character(at: start)
        if kind.isOne(of: .letter) { return end(of: .letter, from: next) }
        if kind == .number { return endOfNumber(next) }
        if kind != .newline {
            // One character that is not a letter, number or line break joins the letters after it.
            let letters = end(of: .letter, from: next)
            if letters > next { return letters }
            let marks: ScalarKind = [.mark, .other]
            if kind.isOne(of: marks) { return end(of: .newline, from: end(of: marks, from: next)) }
            if bytes[start] == 0x20 {
                let signs = end(of: marks, from: next)
                if signs > next { return end(of: .newline, from: signs) }
            }
        }
        return endOfWhite(from: start, takesAllAtEnd: true)
    }

    // MARK: o200k_base

    private func endOfNewerPiece(_ start: Int) -> Int {
        let (kind, next) = character(at: start)
        if let word = endOfWord(start, kind, next) { return word + contraction(at: word) }
        if kind == .number { return endOfNumber(next) }
        if kind == .other { return endOfSigns(from: next) }
        if bytes[start] == 0x20 {
            let signs = end(of: [.mark, .other], from: next)
            if signs > next { return endOfSigns(from: signs) }
        }
        return endOfWhite(from: start, takesAllAtEnd: false)
    }

    /// The end of a match of `[^\s\p{L}\p{N}]+[\r\n/]*`, after its first character.
    private func endOfSigns(from index: Int) -> Int {
        var index = end(of: [.mark, .other], from: index)
        while index < bytes.count {
            let byte = bytes[index]
            guard byte == 0x0A || byte == 0x0D || byte == UInt8(ascii: "/") else { break }
            index += 1
        }
        return index
    }

    /// The end of a word: capitals, then small letters, with at least one letter in total. One character that is not a letter, number or
    /// line break may precede the word. Like the pattern, this tries each alternative with the preceding character first.
    private func endOfWord(_ start: Int, _ kind: ScalarKind, _ next: Int) -> Int? {
        let mayLead = !kind.isOne(of: [.letter, .number, .newline])
        let mayBegin = kind.isOne(of: [.letter, .mark])
        if mayLead, let end = endOfCapitalised(from: next) { return end }
        if mayBegin, let end = endOfCapitalised(from: start) { return end }
        // The rest of the word has only capitals.
        if mayLead {
            let end = end(of: Self.capitals, from: next)
            if end > next { return end }
        }
        return mayBegin ? end(of: Self.capitals, from: start) : nil
    }

    private static let capitals: ScalarKind = [.upper, .uncased, .mark]
    private static let smalls: ScalarKind = [.lower, .uncased, .mark]

    /// The end of `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+`; nil if the pattern does not match.
    ///
    /// Marks and letters without case are in both sets. If no small letter follows the capitals, the match backtracks to the last
    /// character that is in both sets; the rest is left to the next piece.
    private func endOfCapitalised(from start: Int) -> Int? {
        var index = start
        var afterCommon = start
        while true {
            let (kind, next) = character(at: index)
            guard kind.isOne(of: Self.capitals) else {
                if kind == .lower { return end(of: Self.smalls, from: next) }
                return afterCommon > start ? afterCommon : nil
            }
            index = next
            if kind != .upper { afterCommon = next }
        }
    }
}
