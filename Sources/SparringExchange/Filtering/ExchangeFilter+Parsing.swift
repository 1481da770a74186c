extension ExchangeFilter {
    /// The reason why a filter cannot be parsed: the wrong term, and what to write instead.
    package struct Problem: Error, Sendable, Hashable {
        package var what: String
        package var fix: String
    }

    /// Parses a filter. An empty text selects every exchange.
    ///
    /// - Throws: the first term that cannot be read.
    package init(_ text: String) throws(Problem) {
        terms = []
        for word in try Self.words(of: text) { terms.append(try Self.term(word)) }
    }

    private static let keys = TextKey.allCases.map(\.rawValue) + NumberKey.allCases.map(\.rawValue) + ["is"]

    /// Splits the text at spaces outside quotation marks. The quotation marks are kept, because they show that a word
    /// is not a key.
    private static func words(of text: String) throws(Problem) -> [String] {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        for character in text {
            if character == "\"" { isQuoted.toggle() }
            if character.isWhitespace, !isQuoted {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        guard !isQuoted else {
            throw Problem(what: "a quotation mark is not closed in '\(text)'", fix: "close it, such as \"two words\"")
        }
        return word.isEmpty ? words : words + [word]
    }

    private static func term(_ word: String) throws(Problem) -> Term {
        let isNegated = word.hasPrefix("-") && word.count > 1
        let rest = isNegated ? word.dropFirst() : Substring(word)
        guard !rest.hasPrefix("\""), let colon = rest.firstIndex(of: ":") else {
            return Term(isNegated: isNegated, test: .anywhere(plain(rest)))
        }
        let (key, value) = (String(rest[..<colon]), rest[rest.index(after: colon)...])
        return Term(isNegated: isNegated, test: try test(key, plain(value).split(separator: ",").map(String.init)))
    }

    private static func plain(_ text: Substring) -> String { text.filter { $0 != "\"" }.lowercased() }

    private static func test(_ key: String, _ values: [String]) throws(Problem) -> Test {
        guard keys.contains(key) else {
            throw Problem(
                what: "'\(key)' is not a key of a filter",
                fix: "use \(keys.joined(separator: ", ")); to search for a text with a colon, quote it")
        }
        guard !values.isEmpty else {
            throw Problem(what: "'\(key):' has no value", fix: "write a value after the colon")
        }
        if let text = TextKey(rawValue: key) { return .text(text, values) }
        if let number = NumberKey(rawValue: key) {
            var ranges: [NumberRange] = []
            for value in values { ranges.append(try range(value, of: number)) }
            return .number(number, ranges)
        }
        var states: [State] = []
        for value in values {
            guard let state = State(rawValue: value) else {
                throw Problem(
                    what: "an exchange cannot be '\(value)'",
                    fix: "use is: with \(State.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            states.append(state)
        }
        return .state(states)
    }

    private static func range(_ text: String, of key: NumberKey) throws(Problem) -> NumberRange {
        if key == .status, text.count == 3, text.hasSuffix("xx"), let hundreds = text.first?.wholeNumberValue {
            return NumberRange(least: Double(hundreds * 100), most: Double(hundreds * 100 + 99))
        }
        let sign = text.prefix { "<>=".contains($0) }
        guard let number = Double(text.dropFirst(sign.count)), number.isFinite else {
            throw Problem(
                what: "'\(text)' is not a number for '\(key.rawValue)'",
                fix: "write \(key == .status ? "429, 4xx, >=500" : "10, >10, <=10")")
        }
        return switch sign {
        case "", "=": NumberRange(least: number, most: number)
        case ">": NumberRange(least: number.nextUp)
        case ">=": NumberRange(least: number)
        case "<": NumberRange(most: number.nextDown)
        case "<=": NumberRange(most: number)
        default:
            throw Problem(what: "'\(sign)' is not a comparison", fix: "use >, >=, < or <=")
        }
    }
}
