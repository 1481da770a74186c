/// The syntax tree of a pattern.
indirect enum PatternTree: Sendable {
    case empty
    case scalar(ScalarSet)
    case anchor(PatternAnchor)
    case sequence([PatternTree])
    case either([PatternTree])
    case group(PatternTree, Int)
    case repeated(PatternTree, Int, Int?, isLazy: Bool)
}

/// Parses a regular expression.
struct PatternParser {
    private let text: [Unicode.Scalar]
    private var position = 0
    private var ignoresCase = false
    private(set) var groupCount = 0
    private(set) var names: [(name: String, group: Int)] = []
    private var depth = 0

    /// The limit of instructions after repetitions are unrolled.
    private static let longestProgram = 10_000
    private static let deepestNesting = 100

    init(_ text: String) throws(PatternError) {
        self.text = Array(text.unicodeScalars)
        if text.hasPrefix("(?i)") {
            ignoresCase = true
            position = 4
        }
    }

    mutating func parse() throws(PatternError) -> PatternTree {
        let tree = try either()
        guard position == text.count else { throw fail("unmatched )") }
        guard PatternCompiler.size(tree) <= Self.longestProgram else {
            throw fail("the repetitions are too large; use smaller counts")
        }
        return tree
    }

    private mutating func either() throws(PatternError) -> PatternTree {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepestNesting else { throw fail("the groups are nested too deeply") }
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .either(branches)
    }

    private mutating func sequence() throws(PatternError) -> PatternTree {
        var items: [PatternTree] = []
        while let next = peek, next != "|", next != ")" { items.append(try repetition()) }
        return .sequence(items)
    }

    private mutating func repetition() throws(PatternError) -> PatternTree {
        var tree = try atom()
        var repetitions = 0
        while let next = peek {
            let bounds: (Int, Int?)
            switch next {
            case "*": bounds = (0, nil)
            case "+": bounds = (1, nil)
            case "?": bounds = (0, 1)
            case "{":
                guard let counted = try counts() else { return tree }
                bounds = counted
                position -= 1
            default: return tree
            }
            position += 1
            if case .anchor = tree { throw fail("an anchor cannot be repeated") }
            repetitions += 1
            guard repetitions <= Self.deepestNesting else { throw fail("the repetitions are nested too deeply") }
            if peek == "+" { throw fail("possessive repetition is not supported") }
            tree = .repeated(tree, bounds.0, bounds.1, isLazy: take("?"))
        }
        return tree
    }

    /// Reads `{2}`, `{2,}` or `{2,5}`; anything else in braces is text.
    private mutating func counts() throws(PatternError) -> (Int, Int?)? {
        guard let close = text[position...].firstIndex(of: "}") else { return nil }
        let inner = String(String.UnicodeScalarView(text[(position + 1)..<close]))
        let parts = inner.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= 2, let low = Int(parts[0]), low >= 0 else { return nil }
        let high = parts.count == 1 ? low : (parts[1].isEmpty ? nil : Int(parts[1]))
        if parts.count == 2, !parts[1].isEmpty, high == nil { return nil }
        guard low <= high ?? low, max(low, high ?? 0) <= 1000 else {
            throw fail("a repetition must be at most 1000, with the smaller number first")
        }
        position = close + 1
        return (low, high)
    }

    private mutating func atom() throws(PatternError) -> PatternTree {
        let scalar = text[position]
        position += 1
        switch scalar {
        case ".": return .scalar(.notNewline)
        case "^": return .anchor(.start)
        case "$": return .anchor(.end)
        case "[": return .scalar(try set())
        case "(": return try group()
        case "\\": return try escape()
        case "*", "+", "?":
            position -= 1
            throw fail("there is no expression before this repetition")
        default: return .scalar(cased(.of(scalar)))
        }
    }

    private mutating func group() throws(PatternError) -> PatternTree {
        var number: Int?
        if take("?") {
            if take(":") {
                number = nil
            } else if take("<"), let next = peek, next != "=", next != "!" {
                guard let close = text[position...].firstIndex(of: ">") else {
                    throw fail("the group's name is not closed with >")
                }
                let name = String(String.UnicodeScalarView(text[position..<close]))
                position = close + 1
                groupCount += 1
                number = groupCount
                names.append((name, groupCount))
            } else {
                throw fail("look-around and inline flags are not supported")
            }
        } else {
            groupCount += 1
            number = groupCount
        }
        let inner = try either()
        guard take(")") else { throw fail("the group is not closed with )") }
        return number.map { .group(inner, $0) } ?? inner
    }

    private mutating func escape() throws(PatternError) -> PatternTree {
        guard let scalar = peek else { throw fail("the backslash has no character after it") }
        position += 1
        switch scalar {
        case "b": return .anchor(.wordBoundary(true))
        case "B": return .anchor(.wordBoundary(false))
        case "1"..."9", "k": throw fail("back-references are not supported")
        default: return .scalar(try escapedSet(scalar))
        }
    }

    private func escapedSet(_ scalar: Unicode.Scalar) throws(PatternError) -> ScalarSet {
        switch scalar {
        case "d": return .digits
        case "w": return .word
        case "s": return .space
        case "D": return ScalarSet(ranges: ScalarSet.digits.ranges, isNegated: true)
        case "W": return ScalarSet(ranges: ScalarSet.word.ranges, isNegated: true)
        case "S": return ScalarSet(ranges: ScalarSet.space.ranges, isNegated: true)
        case "n": return .of("\n")
        case "r": return .of("\r")
        case "t": return .of("\t")
        case "a"..."z", "A"..."Z", "0": throw fail("unknown escape \\\(scalar)")
        default: return .of(scalar)
        }
    }

    private mutating func set() throws(PatternError) -> ScalarSet {
        var set = ScalarSet(ranges: [], isNegated: take("^"))
        var isFirst = true
        while let scalar = peek, scalar != "]" || isFirst {
            isFirst = false
            position += 1
            var low = ScalarSet.of(scalar)
            if scalar == "\\" {
                guard let escaped = peek else { break }
                position += 1
                low = try escapedSet(escaped)
                guard !low.isNegated else { throw fail("a negated class cannot be inside a class") }
            }
            if low.ranges.count == 1, low.ranges[0].count == 1, peek == "-", position + 1 < text.count,
                text[position + 1] != "]"
            {
                position += 1
                let high = text[position].value
                position += 1
                guard low.ranges[0].lowerBound <= high else { throw fail("the range is reversed") }
                low.ranges = [low.ranges[0].lowerBound...high]
            }
            set.ranges += low.ranges
        }
        guard take("]") else { throw fail("the class is not closed with ]") }
        return cased(set)
    }

    private func cased(_ set: ScalarSet) -> ScalarSet { ignoresCase ? set.ignoringCase : set }

    private var peek: Unicode.Scalar? { position < text.count ? text[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        position += 1
        return true
    }

    private func fail(_ reason: String) -> PatternError {
        PatternError(reason: reason, position: min(position, text.count))
    }
}
