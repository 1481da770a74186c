import SparringJSON

/// The tools of a chat request, in `tools` or in the older `functions`, and the tool choice.
package struct ChatTools: Sendable {
    /// Functions with their schema, and custom tools, which have no schema.
    package var offered: [ResponsesTools.Function]
    package var choice: ResponsesTools.Choice
    /// The custom tools by name, with the grammar of their input.
    private var customs: [String: Grammar?] = [:]
    /// True if the request uses `functions`, so that the answer uses `function_call`.
    package var isLegacy: Bool
    /// Names in the tool choice that are not declared.
    private var unknownNames: [String] = []

    package struct Grammar: Sendable, Hashable {
        package var syntax: String
        package var definition: String
    }

    init(_ object: JSONObject) {
        let tools = object["tools"]?.array ?? []
        let functions = object["functions"]?.array ?? []
        isLegacy = tools.isEmpty && !functions.isEmpty
        offered = (tools.compactMap { $0["function"] ?? $0["custom"] } + functions).map { definition in
            ResponsesTools.Function(
                name: definition["name"]?.string ?? "", parameters: definition["parameters"]?.unlessNull)
        }
        choice = Self.choice(object)
        for tool in tools {
            guard let custom = tool["custom"], let name = custom["name"]?.string else { continue }
            customs[name] = .some(Self.grammar(custom["format"]?["grammar"]))
        }
        if let allowed = object["tool_choice"]?["allowed_tools"]?["tools"]?.array {
            let names = allowed.compactMap { ($0["function"] ?? $0["custom"])?["name"]?.string }
            unknownNames = names.filter { name in !offered.contains { $0.name == name } }
            offered.removeAll { !names.contains($0.name) }
        }
    }

    private static func choice(_ object: JSONObject) -> ResponsesTools.Choice {
        let wanted = object["tool_choice"]?.unlessNull ?? object["function_call"]?.unlessNull
        let word = wanted?.string ?? wanted?["allowed_tools"]?["mode"]?.string
        switch word {
        case "none": return .none
        case "required": return .required
        default: break
        }
        let name = (wanted?["function"] ?? wanted?["custom"] ?? wanted)?["name"]?.string
        return name.map { .function($0) } ?? .auto
    }

    private static func grammar(_ grammar: JSONValue?) -> Grammar? {
        guard let syntax = grammar?["syntax"]?.string, let definition = grammar?["definition"]?.string else {
            return nil
        }
        return Grammar(syntax: syntax, definition: definition)
    }

    // MARK: Reading

    func isCustom(_ name: String) -> Bool { customs.keys.contains(name) }

    func grammar(of name: String) -> Grammar? { customs[name] ?? nil }

    var offersFunctions: Bool { offered.contains { !isCustom($0.name) } }

    /// True if the request forces a function: the finish reason is then `stop`.
    var isForced: Bool { if case .function = choice { true } else { false } }

    /// The name in the tool choice, if no tool of this name is declared.
    var undeclaredChoice: String? {
        if case .function(let name) = choice, !offered.contains(where: { $0.name == name }) { return name }
        return unknownNames.first
    }
}

// MARK: - Checking

extension ChatTools {
    @Sendable static func checkTools(_ value: JSONValue, _ path: String) throws(APIError) {
        guard let tools = value.array else { throw .invalidType(path, expected: "an array of objects", got: value) }
        guard !tools.isEmpty else { throw .emptyArray(path) }
        guard tools.count <= 128 else { throw .arrayTooLong(path, maximum: 128, got: tools.count) }
        for (index, tool) in tools.enumerated() {
            let path = "\(path)[\(index)]"
            let object = try ParameterShape.object(tool, path)
            guard let type = object["type"] else { throw .missing("\(path).type") }
            try ParameterShape.choice(["function", "custom"]).check(type, at: "\(path).type")
            let kind = type.string ?? ""
            guard let definition = object[kind] else { throw .missing("\(path).\(kind)") }
            try checkDefinition(definition, "\(path).\(kind)")
            if kind == "custom", let format = definition["format"]?.unlessNull {
                try checkCustomFormat(format, "\(path).custom.format")
            }
        }
    }

    @Sendable static func checkFunctions(_ value: JSONValue, _ path: String) throws(APIError) {
        guard let functions = value.array else {
            throw .invalidType(path, expected: "an array of function definitions", got: value)
        }
        guard !functions.isEmpty else { throw .emptyArray(path) }
        guard functions.count <= 128 else { throw .arrayTooLong(path, maximum: 128, got: functions.count) }
        for (index, function) in functions.enumerated() { try checkDefinition(function, "\(path)[\(index)]") }
    }

    private static func checkDefinition(_ value: JSONValue, _ path: String) throws(APIError) {
        let object = try ParameterShape.object(value, path)
        guard let name = object["name"] else { throw .missing("\(path).name") }
        try ResponsesTools.checkName(name, "\(path).name")
        if let description = object["description"]?.unlessNull {
            // Recorded: the API accepts a description of 15,664 characters.
            try ParameterShape.string().check(description, at: "\(path).description")
        }
        if let parameters = object["parameters"]?.unlessNull {
            _ = try ParameterShape.object(parameters, "\(path).parameters")
        }
        if let strict = object["strict"]?.unlessNull {
            try ParameterShape.boolean.check(strict, at: "\(path).strict")
        }
    }

    private static func checkCustomFormat(_ value: JSONValue, _ path: String) throws(APIError) {
        let format = try ParameterShape.object(value, path)
        guard let type = format["type"] else { throw .missing("\(path).type") }
        try ParameterShape.choice(["text", "grammar"]).check(type, at: "\(path).type")
        guard type == "grammar" else { return }
        guard let grammar = format["grammar"] else { throw .missing("\(path).grammar") }
        try ParameterShape.requiring([
            Parameter("definition", .string()), Parameter("syntax", .choice(["lark", "regex"])),
        ]).check(grammar, at: "\(path).grammar")
    }

    @Sendable static func checkChoice(_ value: JSONValue, _ path: String) throws(APIError) {
        let words = ["none", "auto", "required"]
        switch value {
        case .string: try ParameterShape.choice(words).check(value, at: path)
        case .object(let object):
            switch object["type"]?.string {
            case "allowed_tools": try checkAllowed(object["allowed_tools"], "\(path).allowed_tools")
            case "custom": try checkNamed(object["custom"], "\(path).custom")
            default:
                // Measured: the API requires `function` for every type.
                try checkNamed(object["function"], "\(path).function")
                guard let type = object["type"] else { throw .missing("\(path).type") }
                try ParameterShape.choice(["function", "allowed_tools", "custom"]).check(type, at: "\(path).type")
            }
        default:
            // The API's message really has "one of" twice.
            throw .invalidType(path, expected: "one of \(ParameterShape.oneOf(words)) or object", got: value)
        }
    }

    private static func checkNamed(_ value: JSONValue?, _ path: String) throws(APIError) {
        guard let value else { throw .missing(path) }
        try ParameterShape.requiring([Parameter("name", .string())]).check(value, at: path)
    }

    private static func checkAllowed(_ value: JSONValue?, _ path: String) throws(APIError) {
        guard let value else { throw .missing(path) }
        try ParameterShape.requiring([
            Parameter("mode", .choice(["auto", "required"])),
            Parameter("tools", .objects(.requiring([Parameter("type", .choice(["function", "custom"]))]))),
        ]).check(value, at: path)
    }

    @Sendable static func checkFunctionCall(_ value: JSONValue, _ path: String) throws(APIError) {
        guard case .object(let object) = value else {
            return try ParameterShape.choice(["none", "auto"]).check(value, at: path)
        }
        guard let name = object["name"] else { throw .missing("\(path).name") }
        try ParameterShape.string().check(name, at: "\(path).name")
    }
}
