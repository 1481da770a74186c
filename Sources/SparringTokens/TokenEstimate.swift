/// Tokens without a vocabulary: a split into pieces that comes close to byte-pair encodings in number and shape.
///
/// An estimate, and called one everywhere; the exact count needs a vocabulary.
package enum TokenEstimate {
    /// The text cut into pieces, one a token. Joined they are the text again.
    package static func pieces(_ text: String) -> [Substring] {
        var pieces: [Substring] = []
        pieces.reserveCapacity(text.utf8.count / 4 + 1)
        let utf8 = text.utf8
        var start = utf8.startIndex
        forEachEnd(in: utf8) { end in
            pieces.append(text[start..<end])
            start = end
        }
        return pieces
    }

    package static func count(_ text: String) -> Int {
        var count = 0
        forEachEnd(in: text.utf8) { _ in count += 1 }
        return count
    }

    private enum Class {
        case letter, digit, space, newline, other
        /// A whole scalar outside ASCII: about one token in scripts without spaces.
        case wide
    }

    /// Letters that one token holds at the most: common words are whole, rare ones are cut.
    private static let longestWord = 10

    private static func forEachEnd(in utf8: String.UTF8View, _ body: (String.Index) -> Void) {
        var index = utf8.startIndex
        while index < utf8.endIndex {
            var kind = classify(utf8[index])
            var next = after(index, in: utf8)
            // One blank belongs to the word behind it, as in every encoding of the family.
            if kind == .space, utf8[index] == 0x20, next < utf8.endIndex {
                let following = classify(utf8[next])
                if following == .letter || following == .other || following == .wide {
                    kind = following
                    next = after(next, in: utf8)
                }
            }
            var length = 1
            while next < utf8.endIndex, length < limit(of: kind), classify(utf8[next]) == kind {
                next = after(next, in: utf8)
                length += 1
            }
            body(next)
            index = next
        }
    }

    private static func limit(of kind: Class) -> Int {
        switch kind {
        case .letter: longestWord
        case .digit: 3
        case .space, .newline: 16
        case .other: 3
        case .wide: 1
        }
    }

    private static func classify(_ byte: UInt8) -> Class {
        switch byte {
        case 0x41...0x5A, 0x5F, 0x61...0x7A: .letter
        case 0x30...0x39: .digit
        case 0x20, 0x09: .space
        case 0x0A, 0x0D: .newline
        // Latin letters with marks, Greek and Cyrillic run in words; everything above stands alone.
        case 0xC3...0xD3, 0x80...0xBF: .letter
        case 0xD4...: .wide
        default: .other
        }
    }

    /// The next scalar's start.
    private static func after(_ index: String.Index, in utf8: String.UTF8View) -> String.Index {
        var next = utf8.index(after: index)
        while next < utf8.endIndex, utf8[next] & 0xC0 == 0x80 { next = utf8.index(after: next) }
        return next
    }
}
