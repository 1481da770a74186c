import SparringJSON
import SparringTokens

/// Functions in the form in which the model reads them: TypeScript declarations at the end of the system message.
///
/// The format is known from models that repeat it; the token count follows recorded usage (docs/reference/api/tokens.md).
struct ToolDeclarations {
    private(set) var text = "# Tools\n\n## functions\n\nnamespace functions {\n\n"
    /// The number of properties with a description. Each description costs one token in addition to its text.
    private var describedProperties = 0
    private var count = 0

    /// Limits the depth of recursive or deeply nested schemas.
    private static let deepest = 16

    mutating func add(name: String, description: String?, parameters: JSONValue?) {
        count += 1
        comment(description)
        guard let properties = parameters?["properties"]?.object, !properties.members.isEmpty else {
            text += "type \(name) = () => any;\n\n"
            return
        }
        text += "type \(name) = (_: {\n"
        add(properties, required: parameters?["required"], depth: 0)
        text += "}) => any;\n\n"
    }

    /// - Parameters:
    ///   - isAlone: true if there is no system message to which the declarations are added.
    ///   - forced: the function that must be called.
    func tokens(for model: ModelInfo, isAlone: Bool, forced: String?) -> Int {
        guard count > 0 else { return 0 }
        let frame = (isAlone ? 2 : -2) + (model.hasChannels ? 82 : 0)
        let choice = forced.map { model.counter.count(PromptTokens.path($0)) } ?? 0
        return model.counter.count(text + "} // namespace functions") + describedProperties + frame + choice
    }

    private mutating func comment(_ description: String?) {
        guard let description, !description.isEmpty else { return }
        text +=
            "// \(description.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n// "))\n"
    }

    private mutating func add(_ properties: JSONObject, required: JSONValue?, depth: Int) {
        let required = required?.array ?? []
        for property in properties.members {
            let description = property.value["description"]?.string
            comment(description)
            if description?.isEmpty == false { describedProperties += 1 }
            text += property.name + (required.contains(.string(property.name)) ? ": " : "?: ")
            addType(property.value, depth: depth)
            text += ","
            if let standard = property.value["default"] { text += " // default: \(standard.text())" }
            text += "\n"
        }
    }

    private mutating func addType(_ schema: JSONValue, depth: Int) {
        guard depth < Self.deepest else {
            text += "any"
            return
        }
        if let options = schema["enum"]?.array {
            text += options.map { $0.text() }.joined(separator: " | ")
        } else if let constant = schema["const"] {
            text += constant.text()
        } else if let options = (schema["anyOf"] ?? schema["oneOf"])?.array {
            addUnion(options, depth)
        } else if let types = schema["type"]?.array {
            addUnion(types.map { ["type": $0] }, depth)
        } else {
            addSingleType(schema, depth)
        }
    }

    private mutating func addUnion(_ options: [JSONValue], _ depth: Int) {
        for (index, option) in options.enumerated() {
            if index > 0 { text += " | " }
            addType(option, depth: depth + 1)
        }
    }

    private mutating func addSingleType(_ schema: JSONValue, _ depth: Int) {
        switch schema["type"]?.string {
        case "string": text += "string"
        case "integer", "number": text += "number"
        case "boolean": text += "boolean"
        case "null": text += "null"
        case "array":
            addType(schema["items"] ?? [:], depth: depth + 1)
            text += "[]"
        case "object":
            guard let properties = schema["properties"]?.object, !properties.members.isEmpty else {
                text += "object"
                return
            }
            text += "{\n"
            add(properties, required: schema["required"], depth: depth + 1)
            text += "}"
        default: text += "any"
        }
    }
}
