import SparringJSON

/// Checks the schema of a function or an answer by the API's rules, with the API's errors.
///
/// Source: errors quoted in public issue trackers between 2024 and 2026, and
/// https://platform.openai.com/docs/guides/structured-outputs (supported keywords and limits).
struct StrictSchema {
    /// True if the strict rules apply; without them, a schema is hardly checked.
    let isStrict: Bool
    private let root: JSONValue
    private var properties = 0
    private var choices = 0

    private init(_ root: JSONValue, isStrict: Bool) {
        self.root = root
        self.isStrict = isStrict
    }

    /// The error about a schema, without the words that say where the schema is used; nil if the schema is valid.
    static func complaint(_ schema: JSONValue, isStrict: Bool) -> String? {
        guard schema["type"] == "object" || schema["$ref"] != nil && schema["type"] == nil else {
            let got = schema["type"].map { $0.string.map { "\"\($0)\"" } ?? PythonText.text(of: $0) } ?? "\"None\""
            return "schema must be a JSON Schema of 'type: \"object\"', got 'type: \(got)'."
        }
        var walk = StrictSchema(schema, isStrict: isStrict)
        do throws(Complaint) {
            try walk.check(schema, at: [], depth: 1)
            return nil
        } catch {
            return "In context=\(PythonText.tuple(error.place)), \(error.text)"
        }
    }

    private struct Complaint: Error {
        var place: [String]
        var text: String
    }

    private static let unsupported = [
        "allOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "patternProperties",
        "uniqueItems", "contains", "minContains", "maxContains", "minProperties", "maxProperties",
        "propertyNames", "unevaluatedItems", "unevaluatedProperties",
    ]
    private static let formats = [
        "date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid",
    ]
    /// The limits are documented. The API's wording of these errors is not known; Sparring's wording follows that of
    /// the other errors.
    private static let limits = (depth: 10, properties: 5000, choices: 1000)

    private mutating func check(_ value: JSONValue, at place: [String], depth: Int) throws(Complaint) {
        guard let schema = value.object else { return }
        if isStrict { try checkKeywords(schema, at: place, depth: depth) }
        for name in ["$defs", "definitions"] {
            for member in schema[name]?.object?.members ?? [] {
                try check(member.value, at: place + [name, member.name], depth: 1)
            }
        }
        for name in ["anyOf", "oneOf", "allOf"] {
            for (index, option) in (schema[name]?.array ?? []).enumerated() {
                try check(option, at: place + [name, String(index)], depth: depth)
            }
        }
        let types = schema["type"]?.string.map { [$0] } ?? schema["type"]?.array?.compactMap(\.string) ?? []
        if types.contains("array") {
            guard let items = schema["items"] else {
                throw Complaint(place: place, text: "array schema missing items.")
            }
            try check(items, at: place + ["items"], depth: depth + 1)
        }
        if types.contains("object") { try checkObject(schema, at: place, depth: depth) }
    }

    private mutating func checkObject(_ schema: JSONObject, at place: [String], depth: Int) throws(Complaint) {
        let members = schema["properties"]?.object?.members ?? []
        properties += members.count
        if isStrict {
            guard schema["additionalProperties"] == false else {
                throw Complaint(
                    place: place, text: "'additionalProperties' is required to be supplied and to be false.")
            }
            try checkRequired(schema, members.map(\.name), at: place)
        }
        for member in members {
            try check(member.value, at: place + ["properties", member.name], depth: depth + 1)
        }
    }

    private func checkRequired(_ schema: JSONObject, _ names: [String], at place: [String]) throws(Complaint) {
        let required = schema["required"]?.array?.compactMap(\.string) ?? []
        let rule = "'required' is required to be supplied and to be an array including every key in properties."
        if let missing = names.first(where: { !required.contains($0) }) {
            throw Complaint(place: place, text: "\(rule) Missing '\(missing)'.")
        }
        if let extra = required.first(where: { !names.contains($0) }) {
            throw Complaint(place: place, text: "\(rule) Extra required key '\(extra)' supplied.")
        }
    }

    private mutating func checkKeywords(_ schema: JSONObject, at place: [String], depth: Int) throws(Complaint) {
        if schema["$ref"] == nil, schema["anyOf"] == nil, schema["type"] == nil, schema["oneOf"] == nil,
            schema["allOf"] == nil
        {
            throw Complaint(place: place, text: "schema must have a 'type' key.")
        }
        if let keyword = Self.unsupported.first(where: { schema[$0] != nil }) {
            throw Complaint(place: place, text: "'\(keyword)' is not permitted.")
        }
        if let format = schema["format"]?.string, !Self.formats.contains(format) {
            throw Complaint(place: place, text: "'\(format)' is not a valid format.")
        }
        if let reference = schema["$ref"]?.string, find(reference) == nil {
            throw Complaint(
                place: place, text: "reference to component '\(reference)' which was not found in the schema.")
        }
        choices += schema["enum"]?.array?.count ?? 0
        if depth > Self.limits.depth {
            throw Complaint(place: place, text: "schema exceeds maximum nesting depth of \(Self.limits.depth).")
        }
        if properties > Self.limits.properties {
            throw Complaint(place: place, text: "schema exceeds maximum of \(Self.limits.properties) properties.")
        }
        if choices > Self.limits.choices {
            throw Complaint(place: place, text: "schema exceeds maximum of \(Self.limits.choices) enum values.")
        }
    }

    /// Finds the schema that a reference names. The API follows only `#` and references such as `#/$defs/Name`.
    private func find(_ reference: String) -> JSONValue? {
        guard reference.hasPrefix("#") else { return nil }
        return reference.dropFirst().split(separator: "/").reduce(Optional(root)) { value, name in
            value?.object?[SchemaInstanceText.unescaped(name)]
        }
    }
}
