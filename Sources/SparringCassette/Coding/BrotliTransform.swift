/// A transform of a dictionary word: a part of the word, or the word in another case, between two texts.
struct BrotliTransform: Sendable {
    enum Kind: Sendable {
        case plain
        case omitFirst(Int)
        case omitLast(Int)
        case upperFirst
        case upperAll
    }

    private let prefix: String
    private let kind: Kind
    private let suffix: String

    init(_ prefix: String, _ kind: Kind, _ suffix: String) {
        (self.prefix, self.kind, self.suffix) = (prefix, kind, suffix)
    }

    func applied(to word: ArraySlice<UInt8>) -> [UInt8] {
        var word = Array(word)
        switch kind {
        case .plain: break
        case .omitFirst(let count): word.removeFirst(min(count, word.count))
        case .omitLast(let count): word.removeLast(min(count, word.count))
        case .upperFirst: _ = Self.raise(&word, at: 0)
        case .upperAll:
            var place = 0
            while place < word.count { place += Self.raise(&word, at: place) }
        }
        return Array(prefix.utf8) + word + Array(suffix.utf8)
    }

    /// Changes a character to upper case by the approximate rule of the format.
    /// - Returns: the length of the character.
    private static func raise(_ word: inout [UInt8], at place: Int) -> Int {
        switch word[place] {
        case 0x61...0x7A:
            word[place] ^= 0x20
            return 1
        case 0..<0xC0: return 1
        case 0xC0..<0xE0:
            if place + 1 < word.count { word[place + 1] ^= 0x20 }
            return 2
        default:
            if place + 2 < word.count { word[place + 2] ^= 5 }
            return 3
        }
    }
}
