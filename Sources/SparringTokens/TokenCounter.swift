/// Counts the tokens of texts: exactly with a vocabulary, by an estimate without a vocabulary.
package struct TokenCounter: Sendable, Hashable {
    private let vocabulary: Vocabulary?

    package static let estimate = TokenCounter(nil)

    package init(_ vocabulary: Vocabulary?) { self.vocabulary = vocabulary }

    package var isExact: Bool { vocabulary != nil }

    package func count(_ text: String) -> Int { vocabulary?.count(text) ?? TokenEstimate.count(text) }

    /// Splits the text into pieces that can be sent separately. The pieces, joined, are the text again. A piece has one token, or several
    /// tokens if they share a character outside ASCII.
    package func pieces(_ text: String) -> [TokenPiece] {
        guard let vocabulary else { return TokenEstimate.pieces(text).map { TokenPiece(text: $0) } }
        let utf8 = text.utf8
        var pieces: [TokenPiece] = []
        pieces.reserveCapacity(utf8.count / 4 + 1)
        var start = text.startIndex
        var end = start
        /// The lengths of the tokens of an incomplete character.
        var open: [Int] = []
        vocabulary.eachLength(text) { length, isWhole in
            end = utf8.index(end, offsetBy: length)
            guard isWhole else {
                open.append(length)
                return true
            }
            if !open.isEmpty { open.append(length) }
            pieces.append(TokenPiece(text: text[start..<end], lengths: open))
            start = end
            open = []
            return true
        }
        return pieces
    }

    /// Returns the longest prefix of at most `limit` tokens: their number, and the end of the prefix. If the limit falls inside a
    /// character, the prefix ends before that character, but the character's tokens up to the limit count.
    package func prefix(of text: String, limit: Int) -> (tokens: Int, end: String.Index) {
        guard let vocabulary else { return TokenEstimate.prefix(of: text, limit: limit) }
        guard limit > 0 else { return (0, text.startIndex) }
        var (tokens, bytes, whole) = (0, 0, 0)
        vocabulary.eachLength(text) { length, isWhole in
            tokens += 1
            bytes += length
            if isWhole { whole = bytes }
            return tokens < limit
        }
        return (tokens, text.utf8.index(text.startIndex, offsetBy: whole))
    }

    /// Decodes token ids to text, split like `pieces`. Returns nil without a vocabulary, for an unknown id, or if the bytes are not UTF-8.
    package func pieces(ids: [Int]) -> [TokenPiece]? {
        guard let vocabulary else { return nil }
        var pieces: [TokenPiece] = []
        /// Bytes that end inside a character, and the lengths of their tokens.
        var (open, lengths): ([UInt8], [Int]) = ([], [])
        for id in ids {
            guard let bytes = vocabulary.bytes(of: id) else { return nil }
            open += bytes
            lengths.append(bytes.count)
            guard let text = String(validating: open, as: UTF8.self) else {
                guard Self.endsInsideCharacter(open) else { return nil }
                continue
            }
            pieces.append(TokenPiece(text: Substring(text), lengths: lengths.count > 1 ? lengths : []))
            (open, lengths) = ([], [])
        }
        return open.isEmpty ? pieces : nil
    }

    /// Whether the last lead byte needs more bytes than follow it (RFC 3629 §3).
    private static func endsInsideCharacter(_ bytes: [UInt8]) -> Bool {
        guard let lead = bytes.lastIndex(where: { $0 & 0xC0 != 0x80 }), bytes[lead] >= 0xC0 else { return false }
        let length = bytes[lead] >= 0xF0 ? 4 : bytes[lead] >= 0xE0 ? 3 : 2
        return bytes.count - lead < length
    }

    package static func == (one: TokenCounter, other: TokenCounter) -> Bool { one.vocabulary === other.vocabulary }

    package func hash(into hasher: inout Hasher) { hasher.combine(vocabulary.map { ObjectIdentifier($0) }) }
}

/// A part of a text with whole characters: one token, or several tokens that share a character.
package struct TokenPiece: Sendable, Hashable {
    package var text: Substring
    /// The length of each token in bytes; empty for a piece of one token.
    private var lengths: [Int]

    package init(text: Substring, lengths: [Int] = []) {
        self.text = text
        self.lengths = lengths
    }

    package var tokens: Int { max(1, lengths.count) }

    /// The bytes of each token.
    package var parts: [ArraySlice<UInt8>] {
        let bytes = Array(text.utf8)
        var start = 0
        return (lengths.isEmpty ? [bytes.count] : lengths).map { length in
            defer { start += length }
            return bytes[start..<(start + length)]
        }
    }
}

extension [TokenPiece] {
    /// The first pieces that have at most this many tokens together.
    package func first(_ tokens: Int) -> ArraySlice<TokenPiece> {
        var left = tokens
        return prefix { piece in
            left -= piece.tokens
            return left >= 0
        }
    }
}
