/// Counts the tokens of texts: exactly where there is a vocabulary, by an estimate where there is none.
package struct TokenCounter: Sendable, Hashable {
    private let vocabulary: Vocabulary?

    package static let estimate = TokenCounter(nil)

    package init(_ vocabulary: Vocabulary?) { self.vocabulary = vocabulary }

    package var isExact: Bool { vocabulary != nil }

    package func count(_ text: String) -> Int { vocabulary?.count(text) ?? TokenEstimate.count(text) }

    /// The text cut where it can be sent: joined they are the text again, and each has a token or more, as characters outside ASCII
    /// may take several.
    package func pieces(_ text: String) -> [TokenPiece] {
        guard let vocabulary else { return TokenEstimate.pieces(text).map { TokenPiece(text: $0) } }
        let utf8 = text.utf8
        var pieces: [TokenPiece] = []
        pieces.reserveCapacity(utf8.count / 4 + 1)
        var start = text.startIndex
        var end = start
        /// The lengths of the tokens of a character that has not ended yet.
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

    /// The beginning of a text that has at most `limit` tokens: how many it has, and where it ends. A last character of which only
    /// some tokens are left is cut off; they count.
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

    /// The text that ids stand for, cut as `pieces` cuts it. Nil where there is no vocabulary, where an id is none of its own,
    /// and where they spell no UTF-8.
    package func pieces(ids: [Int]) -> [TokenPiece]? {
        guard let vocabulary else { return nil }
        var pieces: [TokenPiece] = []
        /// Bytes that are no text yet, because their last character has not ended, and the lengths of their tokens.
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

    /// Whether the last lead byte asks for more bytes than follow it (RFC 3629 §3).
    private static func endsInsideCharacter(_ bytes: [UInt8]) -> Bool {
        guard let lead = bytes.lastIndex(where: { $0 & 0xC0 != 0x80 }), bytes[lead] >= 0xC0 else { return false }
        let length = bytes[lead] >= 0xF0 ? 4 : bytes[lead] >= 0xE0 ? 3 : 2
        return bytes.count - lead < length
    }

    package static func == (one: TokenCounter, other: TokenCounter) -> Bool { one.vocabulary === other.vocabulary }

    package func hash(into hasher: inout Hasher) { hasher.combine(vocabulary.map { ObjectIdentifier($0) }) }
}

/// A part of a text that holds whole characters: one token, or several that share a character.
package struct TokenPiece: Sendable, Hashable {
    package var text: Substring
    /// Of each token, in bytes; empty where there is one.
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
    /// Those that fit into a number of tokens.
    package func first(_ tokens: Int) -> ArraySlice<TokenPiece> {
        var left = tokens
        return prefix { piece in
            left -= piece.tokens
            return left >= 0
        }
    }
}
