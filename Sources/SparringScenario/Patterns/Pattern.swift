/// A regular expression that is matched in linear time: classes, repetition, alternation, groups, anchors. Back-references and
/// look-around are not supported, because they cannot be matched in linear time.
///
/// Matches Unicode scalars. The method is a list of threads over the compiled program, one step per scalar (R. Cox, "Regular Expression
/// Matching: the Virtual Machine Approach", 2009).
package struct Pattern: Sendable {
    /// The names of the named groups.
    package let names: [String]
    let source: String
    private let program: [PatternInstruction]
    private let slots: Int
    private let groups: [(name: String, slot: Int)]

    /// - Parameter text: the expression; `(?i)` at its start ignores the case of ASCII letters.
    package init(_ text: String) throws(PatternError) {
        source = text
        var parser = try PatternParser(text)
        let tree = try parser.parse()
        program = PatternCompiler.compile(tree)
        slots = (parser.groupCount + 1) * 2
        groups = parser.names.map { ($0.name, $0.group * 2) } + (0...parser.groupCount).map { (String($0), $0 * 2) }
        names = parser.names.map(\.name)
    }

    /// Returns the groups of the leftmost match by name and by number; group `0` is the whole match. Unused groups are left out.
    package func firstMatch(in text: String) -> [String: String]? {
        let scalars = Array(text.unicodeScalars)
        var machine = PatternMachine(program, slots: slots, scalars)
        guard let captures = machine.run() else { return nil }
        var found: [String: String] = [:]
        for (name, slot) in groups {
            guard let start = captures[slot], let end = captures[slot + 1] else { continue }
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars[start..<end])
            found[name] = String(view)
        }
        return found
    }

    /// Returns the byte ranges of all matches. The search continues after each match, and `^` also matches there. Text
    /// that is not UTF-8 is matched byte by byte.
    package func ranges(inUTF8 bytes: ArraySlice<UInt8>) -> [Range<Int>] {
        let text = String(validating: bytes, as: UTF8.self)
        let scalars = text.map { Array($0.unicodeScalars) } ?? bytes.map { Unicode.Scalar($0) }
        let widths = scalars.map { text == nil ? 1 : UTF8.width($0) }
        var (ranges, first, offset): ([Range<Int>], Int, Int) = ([], 0, bytes.startIndex)
        while first < scalars.count {
            var machine = PatternMachine(program, slots: slots, Array(scalars[first...]))
            guard let captures = machine.run(), let start = captures[0], let end = captures[1] else { break }
            guard end > start else {
                offset += widths[first...].prefix(start + 1).reduce(0, +)
                first += start + 1
                continue
            }
            let lower = offset + widths[first..<(first + start)].reduce(0, +)
            let upper = lower + widths[(first + start)..<(first + end)].reduce(0, +)
            ranges.append(lower..<upper)
            (first, offset) = (first + end, upper)
        }
        return ranges
    }
}

/// The reason why a text is not a valid pattern, and the index of the wrong character, from 0.
package struct PatternError: Error, Sendable, Hashable {
    package var reason: String
    package var position: Int
}

enum PatternInstruction: Sendable {
    case scalar(ScalarSet)
    /// The first target of a split is preferred.
    case split(Int, Int)
    case jump(Int)
    case save(Int)
    case assert(PatternAnchor)
    case match
}

enum PatternAnchor: Sendable {
    case start
    case end
    case wordBoundary(Bool)
}

/// A set of scalars, as ranges.
struct ScalarSet: Sendable, Hashable {
    var ranges: [ClosedRange<UInt32>]
    var isNegated = false

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) } != isNegated
    }

    static func of(_ scalar: Unicode.Scalar) -> ScalarSet { ScalarSet(ranges: [scalar.value...scalar.value]) }

    static let digits = ScalarSet(ranges: [0x30...0x39])
    static let word = ScalarSet(ranges: [
        0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A, 0xAA...0x2FF, 0x370...0x1FFF, 0x3040...0xD7FF,
    ])
    static let space = ScalarSet(ranges: [
        0x09...0x0D, 0x20...0x20, 0x85...0x85, 0xA0...0xA0, 0x2000...0x200A, 0x2028...0x2029,
    ])
    static let notNewline = ScalarSet(ranges: [0x0A...0x0A], isNegated: true)

    /// The set extended by the other case of its ASCII letters.
    var ignoringCase: ScalarSet {
        var set = self
        for range in ranges {
            for value in range.clamped(to: 0x41...0x5A) where range.overlaps(0x41...0x5A) {
                set.ranges.append((value + 32)...(value + 32))
            }
            for value in range.clamped(to: 0x61...0x7A) where range.overlaps(0x61...0x7A) {
                set.ranges.append((value - 32)...(value - 32))
            }
        }
        return set
    }
}
