/// The class of a character in the split patterns. Each class is one bit, so that a set of classes is a mask.
///
/// The classes are those of Unicode 16, as in tiktoken's regular expressions, whatever the Unicode version of Swift's library is.
struct ScalarKind: OptionSet, Sendable, Hashable {
    let rawValue: UInt8

    /// `\p{Lu}`, `\p{Lt}`
    static let upper = ScalarKind(rawValue: 1)
    /// `\p{Ll}`
    static let lower = ScalarKind(rawValue: 2)
    /// `\p{Lm}`, `\p{Lo}`
    static let uncased = ScalarKind(rawValue: 4)
    /// `\p{M}`
    static let mark = ScalarKind(rawValue: 8)
    /// `\p{N}`
    static let number = ScalarKind(rawValue: 16)
    /// `\s` except `[\r\n]`
    static let space = ScalarKind(rawValue: 32)
    /// `[\r\n]`
    static let newline = ScalarKind(rawValue: 64)
    static let other = ScalarKind(rawValue: 128)

    static let letter: ScalarKind = [.upper, .lower, .uncased]
    static let white: ScalarKind = [.space, .newline]

    @inline(__always) func isOne(of kinds: ScalarKind) -> Bool { rawValue & kinds.rawValue != 0 }
}

/// The classes of all characters: a table for the planes 0 and 1, and ranges for the rest.
struct ScalarKinds: Sendable {
    /// Classes by code point.
    let table: [UInt8]
    /// The runs above the table, with their ends (exclusive).
    private let above: [(end: UInt32, kind: UInt8)]

    static let shared = ScalarKinds(runs: ScalarKind.runs)

    private static let tableSize = 0x20000

    /// - Parameter runs: one letter for each run of characters of one class, from U+0000 on, followed by the length of the run if it is not
    ///   1.
    init(runs: StaticString) {
        var table: [UInt8] = []
        table.reserveCapacity(Self.tableSize)
        var above: [(end: UInt32, kind: UInt8)] = []
        var letter: UInt8?
        var digits = 0
        func close() {
            guard let letter else { return }
            let (kind, length) = (Self.kind(letter).rawValue, max(digits, 1))
            let inTable = min(length, Self.tableSize - table.count)
            table.append(contentsOf: repeatElement(kind, count: inTable))
            guard inTable < length else { return }
            let start = above.last?.end ?? UInt32(Self.tableSize)
            above.append((end: start + UInt32(length - inTable), kind: kind))
        }
        runs.withUTF8Buffer { text in
            for byte in text {
                if byte &- 0x30 < 10 {
                    digits = digits * 10 + Int(byte & 0xF)
                } else {
                    close()
                    (letter, digits) = (byte, 0)
                }
            }
        }
        close()
        table[0x0A] = ScalarKind.newline.rawValue
        table[0x0D] = ScalarKind.newline.rawValue
        self.table = table
        self.above = above
    }

    private static func kind(_ letter: UInt8) -> ScalarKind {
        switch letter {
        case UInt8(ascii: "u"): .upper
        case UInt8(ascii: "l"): .lower
        case UInt8(ascii: "a"): .uncased
        case UInt8(ascii: "m"): .mark
        case UInt8(ascii: "n"): .number
        case UInt8(ascii: "s"): .space
        default: .other
        }
    }

    /// The class of a character above the table.
    func kindAbove(_ scalar: UInt32) -> ScalarKind {
        for run in above where scalar < run.end { return ScalarKind(rawValue: run.kind) }
        return .other
    }
}
