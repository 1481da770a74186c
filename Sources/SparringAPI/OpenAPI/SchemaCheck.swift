import SparringJSON

/// Checks a value of a request against a schema of the document. A check passes or throws the API's error, with the path
/// of the wrong value.
///
/// The document has no bounds, so this checks only names, types, choices and required members.
struct SchemaCheck {
    let document: OpenAPIDocument

    /// - Parameter path: the path as messages quote it: `chunking_strategy.static`; empty for the body itself.
    func check(_ value: JSONValue, _ schema: JSONValue, at path: String) throws(APIError) {
        let schema = document.resolved(schema)
        if let options = (schema["anyOf"] ?? schema["oneOf"])?.array {
            return try check(value, options.map(document.resolved), besides: schema, at: path)
        }
        if let choices = schema["enum"]?.array { return try choose(value, from: choices, at: path) }
        if let constant = schema["const"] { return try choose(value, from: [constant], at: path) }
        let kinds = Self.kinds(schema)
        guard kinds.isEmpty || kinds.contains(where: { value.isOf(schemaType: $0) }) else {
            throw .invalidType(path, expected: Self.expected(kinds, schema), got: value)
        }
        if let object = value.object { try check(object, schema, at: path) }
        if let values = value.array, let items = schema["items"] {
            for (index, value) in values.enumerated() { try check(value, items, at: "\(path)[\(index)]") }
        }
    }

    private func check(_ object: JSONObject, _ schema: JSONValue, at path: String) throws(APIError) {
        let properties = schema["properties"]?.object ?? [:]
        func place(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
        let others = schema["additionalProperties"]
        if others == nil, !properties.isEmpty {
            for name in object.names where properties[name] == nil {
                throw .unknownParameter(place(name), known: path.isEmpty ? properties.names : [])
            }
        }
        for name in schema["required"]?.array?.compactMap(\.string) ?? [] where object[name]?.unlessNull == nil {
            throw .missing(place(name))
        }
        for member in object.members where !member.value.isNull {
            guard let schema = properties[member.name] ?? others, schema.object != nil else { continue }
            try check(member.value, schema, at: place(member.name))
        }
    }

    /// One of the options must accept the value. The error is that of the option that the value was meant for.
    private func check(
        _ value: JSONValue, _ options: [JSONValue], besides schema: JSONValue, at path: String
    ) throws(APIError) {
        // The `type` of an object names the option that the object is meant for.
        if let object = value.object {
            let named = options.filter { Self.isNamed($0, like: object) }
            if named.count == 1 { return try check(value, named[0], at: path) }
        }
        var first: APIError?
        for option in options {
            do throws(APIError) {
                return try check(value, option, at: path)
            } catch {
                let isMeant = Self.kinds(option).contains { value.isOf(schemaType: $0) } || option["enum"] != nil
                if isMeant, first == nil || value.object != nil && first?.code == "invalid_type" { first = error }
            }
        }
        let kinds = options.flatMap { option in
            Self.kinds(option).isEmpty ? ["any"] : Self.kinds(option)
        }
        if kinds.contains("any") { return }
        throw first ?? .invalidType(path, expected: Self.expected(kinds, schema), got: value)
    }

    /// Whether the constant members of an option, such as `type`, equal those of the object.
    private static func isNamed(_ option: JSONValue, like object: JSONObject) -> Bool {
        let constants = (option["properties"]?.object?.members ?? []).filter { $0.value["const"] != nil }
        return !constants.isEmpty && constants.allSatisfy { object[$0.name] == $0.value["const"] }
    }

    private func choose(_ value: JSONValue, from choices: [JSONValue], at path: String) throws(APIError) {
        guard !choices.contains(value) else { return }
        let names = choices.compactMap(\.string)
        guard let text = value.string else {
            throw .invalidType(path, expected: ParameterShape.oneOf(names), got: value)
        }
        throw .invalidValue(path, text, supported: names)
    }

    private static func kinds(_ schema: JSONValue) -> [String] {
        switch schema["type"] {
        case .string(let kind): [kind]
        case .array(let kinds): kinds.compactMap(\.string)
        default:
            if schema["properties"] != nil {
                ["object"]
            } else if let kind = kind(ofChoices: schema) {
                [kind]
            } else {
                []
            }
        }
    }

    private static func kind(ofChoices schema: JSONValue) -> String? {
        let choice = schema["const"] ?? schema["enum"]?[0]
        return choice?.string == nil ? nil : "string"
    }

    /// The types of a schema in the validator's words: `a string`, `one of a string or array of objects`.
    private static func expected(_ kinds: [String], _ schema: JSONValue) -> String {
        var words: [String] = []
        for kind in kinds where kind != "null" {
            let word =
                switch kind {
                case "number": "a decimal"
                case "integer": "an integer"
                case "array": "an array"
                case "object": "an object"
                default: "a \(kind)"
                }
            if !words.contains(word) { words.append(word) }
        }
        return words.count < 2 ? words.first ?? "another type" : "one of \(APIError.enumeration(words, "or"))"
    }
}
