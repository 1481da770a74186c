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
        guard let vocabulary else { return TokenEstimate.pieces(text).map { TokenPiece(text: $0, tokens: 1) } }
        let utf8 = text.utf8
        var pieces: [TokenPiece] = []
        pieces.reserveCapacity(utf8.count / 4 + 1)
        var start = text.startIndex
        var end = start
        var tokens = 0
        vocabulary.eachLength(text) { length, isWhole in
            end = utf8.index(end, offsetBy: length)
            tokens += 1
            guard isWhole else { return true }
            pieces.append(TokenPiece(text: text[start..<end], tokens: tokens))
            start = end
            tokens = 0
            return true
        }
        return pieces
    }

    /// The lengths of the tokens, in bytes.
    package func lengths(_ text: String) -> [Int] {
        guard let vocabulary else { return TokenEstimate.pieces(text).map(\.utf8.count) }
        var lengths: [Int] = []
        vocabulary.eachLength(text) { length, _ in
            lengths.append(length)
            return true
        }
        return lengths
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

    package static func == (one: TokenCounter, other: TokenCounter) -> Bool { one.vocabulary === other.vocabulary }

    package func hash(into hasher: inout Hasher) { hasher.combine(vocabulary.map { ObjectIdentifier($0) }) }
}

/// A part of a text that holds whole characters, and its number of tokens.
package struct TokenPiece: Sendable, Hashable {
    package var text: Substring
    package var tokens: Int

    package init(text: Substring, tokens: Int) {
        self.text = text
        self.tokens = tokens
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
