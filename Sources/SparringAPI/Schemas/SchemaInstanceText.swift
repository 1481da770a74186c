import SparringJSON

/// Strings that satisfy `format`, `pattern`, `minLength` and `maxLength`.
enum SchemaInstanceText {
    static func string(_ schema: JSONObject) -> JSONValue? {
        let minimum = schema["minLength"]?.int ?? 0
        let maximum = schema["maxLength"]?.int
        if let format = schema["format"]?.string, let example = formats[format] { return .string(example) }
        if let pattern = schema["pattern"]?.string, let tree = SchemaInstancePattern(pattern) {
            return .string(tree.example(minimumLength: minimum))
        }
        return plain(minimum: minimum, maximum: maximum)
    }

    /// The text is a word, because clients rarely expect an empty text.
    static func plain(minimum: Int, maximum: Int?) -> JSONValue? {
        guard minimum <= 1_000_000, minimum <= maximum ?? minimum else { return nil }
        let word = "text"
        guard minimum <= word.count else { return .string(word + String(repeating: "x", count: minimum - word.count)) }
        return .string(String(word.prefix(max(0, maximum ?? word.count))))
    }

    /// Examples from reserved blocks (RFC 2606, RFC 5737, RFC 3849).
    private static let formats: [String: String] = [
        "date-time": "2025-01-01T00:00:00Z", "date": "2025-01-01", "time": "00:00:00Z", "duration": "P1D",
        "email": "user@example.com", "idn-email": "user@example.com", "hostname": "example.com",
        "idn-hostname": "example.com", "ipv4": "192.0.2.1", "ipv6": "2001:db8::1", "uri": "https://example.com/",
        "url": "https://example.com/", "uri-reference": "/", "iri": "https://example.com/",
        "uuid": "00000000-0000-4000-8000-000000000000", "json-pointer": "/text", "regex": ".*",
    ]

    /// `~1` is a slash and `~0` a tilde in a JSON Pointer (RFC 6901 §3).
    static func unescaped(_ part: Substring) -> String {
        var text = ""
        var isEscaped = false
        for character in part {
            switch (isEscaped, character) {
            case (false, "~"): isEscaped = true
            case (true, "1"): text.append("/")
            case (true, "0"): text.append("~")
            default: text.append(character)
            }
            if character != "~" { isEscaped = false }
        }
        return text
    }
}

/// Numbers within their bounds, as close to zero as possible.
enum SchemaInstanceNumber {
    static func integer(_ schema: JSONObject) -> JSONValue? {
        let bounds = Bounds(schema)
        var lowest = bounds.lowest.map { $0.rounded(.up) }
        if let low = lowest, bounds.excludesLowest, low == bounds.lowest { lowest = low + 1 }
        var highest = bounds.highest.map { $0.rounded(.down) }
        if let high = highest, bounds.excludesHighest, high == bounds.highest { highest = high - 1 }
        var value = min(max(0, lowest ?? 0), highest ?? .infinity)
        if let step = bounds.step, step > 0 {
            value = (value / step).rounded(value > 0 ? .up : .down) * step
            if let highest, value > highest { value = (highest / step).rounded(.down) * step }
            guard value >= lowest ?? value else { return nil }
        }
        guard value >= lowest ?? value, value <= highest ?? value, value == value.rounded(), abs(value) < 9e15 else {
            return nil
        }
        return .number(JSONNumber(Int(value)))
    }

    static func decimal(_ schema: JSONObject) -> JSONValue? {
        if let whole = integer(schema) { return whole }
        let bounds = Bounds(schema)
        let low = bounds.lowest ?? (bounds.highest ?? 0) - 1
        let high = bounds.highest ?? low + 1
        if let step = bounds.step, step > 0 {
            let value = (low / step).rounded(.up) * step
            guard value <= high else { return .none }
            return .number(JSONNumber(value))
        }
        guard low <= high else { return nil }
        // If no integer lies between the bounds, the middle is used, unless the bounds are equal.
        guard low == high else { return .number(JSONNumber(low + (high - low) / 2)) }
        guard !bounds.excludesLowest, !bounds.excludesHighest else { return .none }
        return .number(JSONNumber(low))
    }

    private struct Bounds {
        var lowest: Double?
        var highest: Double?
        var excludesLowest = false
        var excludesHighest = false
        var step: Double?

        /// `exclusiveMinimum` is a number since draft 6 of JSON Schema; in earlier drafts, it was a flag next to `minimum`.
        init(_ schema: JSONObject) {
            lowest = schema["minimum"]?.double
            highest = schema["maximum"]?.double
            step = schema["multipleOf"]?.double
            excludesLowest = schema["exclusiveMinimum"] == true
            excludesHighest = schema["exclusiveMaximum"] == true
            if let bound = schema["exclusiveMinimum"]?.double, bound >= lowest ?? bound {
                lowest = bound
                excludesLowest = true
            }
            if let bound = schema["exclusiveMaximum"]?.double, bound <= highest ?? bound {
                highest = bound
                excludesHighest = true
            }
        }
    }
}
