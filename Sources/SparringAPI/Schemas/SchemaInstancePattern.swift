/// A regular expression, parsed to generate a text that matches it.
///
/// Supports literals, `.`, classes, groups, alternatives, repetition, anchors and the usual escapes; the initializer
/// fails for anything else (look-around, back-references).
struct SchemaInstancePattern {
    private indirect enum Node {
        case character(Character)
        case sequence([Node])
        case repeated(Node, minimum: Int, maximum: Int)
    }

    private var root: Node

    init?(_ pattern: String) {
        var reader = Reader(rest: pattern[...])
        guard let root = reader.alternatives(depth: 0), reader.rest.isEmpty else { return nil }
        self.root = root
    }

    /// The shortest match, or a longer match if the shortest one is too short and the pattern allows repetition.
    func example(minimumLength: Int) -> String {
        var text = ""
        for extra in 0...min(max(minimumLength, 0), Self.maximumLength) {
            text = ""
            Self.write(root, extra: extra, to: &text)
            if text.count >= minimumLength || text.count >= Self.maximumLength { break }
        }
        return text
    }

    private static let maximumLength = 4096

    private static func write(_ node: Node, extra: Int, to text: inout String) {
        switch node {
        case .character(let character): text.append(character)
        case .sequence(let nodes): for node in nodes { write(node, extra: extra, to: &text) }
        case .repeated(let inner, let minimum, let maximum):
            var count = min(maximum, min(minimum, maximumLength) + extra)
            while count > 0, text.utf8.count < maximumLength {
                write(inner, extra: 0, to: &text)
                count -= 1
            }
        }
    }

    private struct Reader {
        var rest: Substring

        /// Uses the first alternative; the other alternatives are only parsed.
        mutating func alternatives(depth: Int) -> Node? {
            guard depth < 32, let first = sequence(depth: depth) else { return nil }
            while rest.first == "|" {
                rest.removeFirst()
                guard sequence(depth: depth) != nil else { return nil }
            }
            return first
        }

        private mutating func sequence(depth: Int) -> Node? {
            var nodes: [Node] = []
            while let next = rest.first, next != "|", next != ")" {
                if next == "^" || next == "$" {
                    rest.removeFirst()
                    continue
                }
                guard let atom = atom(depth: depth), let node = repetition(of: atom) else { return nil }
                nodes.append(node)
            }
            return .sequence(nodes)
        }

        private mutating func atom(depth: Int) -> Node? {
            guard let next = rest.popFirst() else { return nil }
            switch next {
            case "(":
                if rest.first == "?" {
                    guard rest.hasPrefix("?:") else { return nil }
                    rest.removeFirst(2)
                }
                guard let inner = alternatives(depth: depth + 1), rest.popFirst() == ")" else { return nil }
                return inner
            case "[": return characterClass().map(Node.character)
            case ".": return .character("a")
            case "\\": return escape().map(Node.character)
            case "*", "+", "?", "{": return nil
            default: return .character(next)
            }
        }

        private mutating func repetition(of atom: Node) -> Node? {
            let unbounded = SchemaInstancePattern.maximumLength
            let node: Node
            switch rest.first {
            case "*": node = .repeated(atom, minimum: 0, maximum: unbounded)
            case "+": node = .repeated(atom, minimum: 1, maximum: unbounded)
            case "?": node = .repeated(atom, minimum: 0, maximum: 1)
            case "{":
                guard let close = rest.firstIndex(of: "}") else { return nil }
                let parts = rest[..<close].dropFirst().split(separator: ",", omittingEmptySubsequences: false)
                guard parts.count <= 2, let first = parts.first, let minimum = Int(first), minimum >= 0 else {
                    return nil
                }
                let maximum = parts.count == 1 ? minimum : parts[1].isEmpty ? unbounded : Int(parts[1])
                guard let maximum, maximum >= minimum else { return nil }
                rest = rest[close...]
                node = .repeated(atom, minimum: minimum, maximum: maximum)
            default: return atom
            }
            rest.removeFirst()
            if rest.first == "?" { rest.removeFirst() }
            return node
        }

        /// A member of the class: the first character of the class, or for a negated class a letter that is not excluded.
        private mutating func characterClass() -> Character? {
            let isNegated = rest.first == "^"
            if isNegated { rest.removeFirst() }
            var ranges: [ClosedRange<Character>] = []
            while let next = rest.popFirst(), next != "]" || ranges.isEmpty {
                guard let low = next == "\\" ? escape() : next else { return nil }
                guard rest.first == "-", rest.dropFirst().first != "]" else {
                    ranges.append(low...low)
                    continue
                }
                rest.removeFirst()
                guard var high = rest.popFirst() else { return nil }
                if high == "\\" {
                    guard let escaped = escape() else { return nil }
                    high = escaped
                }
                guard low <= high else { return nil }
                ranges.append(low...high)
            }
            guard isNegated else { return ranges.first?.lowerBound }
            return "aA0 _-x".first { candidate in !ranges.contains { $0.contains(candidate) } }
        }

        private mutating func escape() -> Character? {
            switch rest.popFirst() {
            case "d": "0"
            case "w": "a"
            case "s": " "
            case "D", "S": "a"
            case "W": " "
            case "n": "\n"
            case "t": "\t"
            case "r": "\r"
            case let next? where !next.isLetter && !next.isNumber: next
            default: nil
            }
        }
    }
}
