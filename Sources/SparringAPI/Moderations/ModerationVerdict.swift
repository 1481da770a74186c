/// The moderation result of one input, from a script or from the list of words.
package struct ModerationVerdict: Sendable, Hashable {
    /// If nil, the input is flagged when at least one category is flagged.
    package var flagged: Bool?
    package var categories: [ModerationCategory: Bool]
    /// The scores, from 0 to 1; a category without a score gets a score that fits its flag.
    package var scores: [ModerationCategory: Double]

    package init(
        flagged: Bool? = nil, categories: [ModerationCategory: Bool] = [:],
        scores: [ModerationCategory: Double] = [:]
    ) {
        self.flagged = flagged
        self.categories = categories
        self.scores = scores
    }

    /// Flags a text by the words of `ModerationCategory`.
    init(reading text: String) {
        self.init()
        let wanted = Self.words(of: text)
        for category in ModerationCategory.allCases
        where category.words.contains(where: { wanted.contains(" \($0) ") }) {
            categories[category] = true
        }
    }

    /// The text's words in lowercase, each between single spaces; hyphens belong to words.
    private static func words(of text: String) -> String {
        var bytes: [UInt8] = [0x20]
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x61...0x7A, 0x80...0xFF, UInt8(ascii: "-"): bytes.append(byte)
            case 0x41...0x5A: bytes.append(byte | 0x20)
            default: if bytes.last != 0x20 { bytes.append(0x20) }
            }
        }
        if bytes.last != 0x20 { bytes.append(0x20) }
        return String(decoding: bytes, as: UTF8.self)
    }

    func isFlagged(_ category: ModerationCategory) -> Bool { categories[category] ?? false }

    /// - Parameter known: the model's categories.
    func isFlagged(of known: [ModerationCategory]) -> Bool { flagged ?? known.contains(where: isFlagged) }

    /// The score of a category. The same text always gets the same score: above 0.9 if the category is flagged, below
    /// 0.001 if not.
    func score(_ category: ModerationCategory, of text: String) -> Double {
        if let score = scores[category] { return score }
        let hash = (category.rawValue + text).utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        let share = Double(hash % 9_973 + 1) / 10_000
        return isFlagged(category) ? 0.9 + share / 10 : share / 1_000
    }
}
