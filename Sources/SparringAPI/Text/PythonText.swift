import SparringJSON

/// Values as Python prints them: some of the API's errors quote the request in this format.
enum PythonText {
    static func text(of value: JSONValue) -> String {
        switch value {
        case .null: "None"
        case .bool(let flag): flag ? "True" : "False"
        case .number(let number): number.text
        case .string(let text): quoted(text)
        case .array(let values): "[\(values.map(Self.text).joined(separator: ", "))]"
        case .object(let object):
            "{\(object.members.map { "\(quoted($0.name)): \(Self.text(of: $0.value))" }.joined(separator: ", "))}"
        }
    }

    /// A tuple of strings that names a place in a schema: `()`, `('properties',)`, `('properties', 'x')`.
    static func tuple(_ parts: [String]) -> String {
        "(\(parts.map(quoted).joined(separator: ", "))\(parts.count == 1 ? "," : ""))"
    }

    /// The text in single quotes, or in double quotes if the text contains single quotes and no double quotes.
    private static func quoted(_ text: String) -> String {
        let quote: Character = text.contains("'") && !text.contains("\"") ? "\"" : "'"
        var result = String(quote)
        for character in text {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\r\n": result += "\\r\\n"
            case "\t": result += "\\t"
            case quote: result += "\\\(quote)"
            default: result.append(character)
            }
        }
        return result + String(quote)
    }
}
