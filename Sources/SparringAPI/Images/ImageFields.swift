import SparringJSON

/// Reads the parameters of an image request. A form has texts where JSON has numbers and flags.
struct ImageFields {
    private let object: JSONObject

    init(_ object: JSONObject) { self.object = object }

    /// The value of a parameter; nil if the parameter is missing or null.
    subscript(name: String) -> JSONValue? { object[name]?.unlessNull }

    func text(_ name: String) throws(APIError) -> String? {
        guard let value = self[name] else { return nil }
        guard let text = value.string else { throw .invalidType(name, expected: "a string", got: value) }
        return text
    }

    func choice(_ name: String, _ choices: [String]) throws(APIError) -> String? {
        guard let text = try text(name) else { return nil }
        guard choices.contains(text) else { throw .invalidValue(name, text, supported: choices) }
        return text
    }

    func integer(_ name: String, _ range: ClosedRange<Int>) throws(APIError) -> Int? {
        guard let value = self[name] else { return nil }
        guard let number = value.int ?? value.string.flatMap({ Int($0) }) else {
            throw .invalidType(name, expected: "an integer", got: value)
        }
        guard number >= range.lowerBound else {
            throw .integerBelow(name, minimum: range.lowerBound, got: JSONNumber(number))
        }
        guard number <= range.upperBound else {
            throw .integerAbove(name, maximum: range.upperBound, got: JSONNumber(number))
        }
        return number
    }

    func flag(_ name: String) throws(APIError) -> Bool? {
        guard let value = self[name] else { return nil }
        if let flag = value.bool { return flag }
        switch value.string {
        case "true": return true
        case "false": return false
        default: throw .invalidType(name, expected: "a boolean", got: value)
        }
    }
}
