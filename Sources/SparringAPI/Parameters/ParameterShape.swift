import SparringJSON

/// The allowed values of a parameter in a request body. A check either passes or throws the API's error, with the path
/// of the wrong value.
indirect enum ParameterShape: Sendable {
    case string(maximum: Int? = nil)
    case boolean
    case integer(minimum: Int? = nil, maximum: Int? = nil)
    case decimal(minimum: Int, maximum: Int)
    case choice([String])
    /// An object of strings, with at most sixteen members.
    case metadata
    /// An object with only these members, each of them optional.
    case members([Parameter])
    /// An object that has these members and may have others.
    case requiring([Parameter])
    /// A list of objects of one shape.
    case objects(ParameterShape)
    case special(@Sendable (JSONValue, String) throws(APIError) -> Void)

    func check(_ value: JSONValue, at path: String) throws(APIError) {
        switch self {
        case .string(let maximum):
            guard let text = value.string else { throw .invalidType(path, expected: "a string", got: value) }
            if let maximum, text.unicodeScalars.count > maximum {
                throw .stringTooLong(path, maximum: maximum, got: text.unicodeScalars.count)
            }
        case .boolean:
            guard value.bool != nil else { throw .invalidType(path, expected: "a boolean", got: value) }
        case .integer(let minimum, let maximum): try Self.integer(value, path, minimum: minimum, maximum: maximum)
        case .decimal(let minimum, let maximum):
            guard let number = value.number else { throw .invalidType(path, expected: "a decimal", got: value) }
            if number.double < Double(minimum) { throw .decimalBelow(path, minimum: minimum, got: number) }
            if number.double > Double(maximum) { throw .decimalAbove(path, maximum: maximum, got: number) }
        case .choice(let names):
            guard let text = value.string else { throw .invalidType(path, expected: Self.oneOf(names), got: value) }
            guard names.contains(text) else { throw .invalidValue(path, text, supported: names) }
        case .metadata: try Self.metadata(value, path)
        case .members(let members):
            let object = try Self.object(value, path)
            for name in object.names where !members.contains(where: { $0.name == name }) {
                throw .unknownParameter("\(path).\(name)")
            }
            try Self.check(members, in: object, path)
        case .requiring(let members):
            let object = try Self.object(value, path)
            for member in members where object[member.name] == nil { throw .missing("\(path).\(member.name)") }
            try Self.check(members, in: object, path)
        case .objects(let shape):
            guard let values = value.array else {
                throw .invalidType(path, expected: "an array of objects", got: value)
            }
            for (index, value) in values.enumerated() { try shape.check(value, at: "\(path)[\(index)]") }
        case .special(let check): try check(value, path)
        }
    }

    /// A null member counts as missing.
    private static func check(_ members: [Parameter], in object: JSONObject, _ path: String) throws(APIError) {
        for member in members {
            guard let value = object[member.name], !value.isNull else { continue }
            try member.shape.check(value, at: "\(path).\(member.name)")
        }
    }

    static func object(_ value: JSONValue, _ path: @autoclosure () -> String) throws(APIError) -> JSONObject {
        guard let object = value.object else { throw .invalidType(path(), expected: "an object", got: value) }
        return object
    }

    /// `one of 'auto' or 'disabled'`, as type errors list the allowed values.
    static func oneOf(_ names: [String]) -> String {
        "one of \(APIError.enumeration(names.map { "'\($0)'" }, "or"))"
    }

    private static func integer(
        _ value: JSONValue, _ path: String, minimum: Int?, maximum: Int?
    ) throws(APIError) {
        guard let number = value.number, number.isInteger else {
            throw .invalidType(path, expected: "an integer", got: value)
        }
        // A number that does not fit into an `Int` is compared as a `Double`, because the number is out of range in any case.
        if let minimum, number.int.map({ $0 < minimum }) ?? (number.double < Double(minimum)) {
            throw .integerBelow(path, minimum: minimum, got: number)
        }
        if let maximum, number.int.map({ $0 > maximum }) ?? (number.double > Double(maximum)) {
            throw .integerAbove(path, maximum: maximum, got: number)
        }
    }

    private static func metadata(_ value: JSONValue, _ path: String) throws(APIError) {
        guard let object = value.object else { throw .invalidType(path, expected: "a metadata object", got: value) }
        guard object.count <= 16 else {
            throw APIError(
                message: "Invalid '\(path)': too many properties. Expected an object with at most 16 properties, "
                    + "but got an object with \(object.count) properties instead.",
                param: path,
                code: "object_above_max_properties"
            )
        }
        for member in object.members {
            if member.name.unicodeScalars.count > 64 { throw .propertyNameTooLong(path, member.name, maximum: 64) }
            try ParameterShape.string(maximum: 512).check(member.value, at: "\(path).\(member.name)")
        }
    }
}
