import SparringJSON

/// The rules that a schema has to keep for `strict: true`: every object closed, every property required, every reference resolved.
///
/// Source: https://platform.openai.com/docs/guides/structured-outputs and complaints quoted in public issues.
struct StrictSchema {
    private let root: JSONValue
    private static let deepest = 64

    init(_ root: JSONValue) { self.root = root }

    /// What the API says of the first offence, behind `Invalid schema for …: `; nil for a schema in order.
    func complaint() -> String? {
        if root["type"] == nil, root["$ref"] == nil, root["anyOf"] == nil { return "schema must have a 'type' key." }
        return complaint(root, [])
    }

    private func complaint(_ schema: JSONValue, _ context: [String]) -> String? {
        guard let object = schema.object, context.count < Self.deepest else { return nil }
        if let reference = object["$ref"]?.string {
            guard find(reference) == nil else { return nil }
            return "\(Self.place(context)), reference to component '\(reference)' which was not found in the schema."
        }
        if let properties = object["properties"]?.object ?? (isObject(object) ? [:] : nil) {
            if let found = complaint(ofObject: object, properties, context) { return found }
        }
        if let items = object["items"], let found = complaint(items, context + ["items"]) { return found }
        for (index, option) in (object["anyOf"]?.array ?? []).enumerated() {
            if let found = complaint(option, context + ["anyOf", String(index)]) { return found }
        }
        for name in ["$defs", "definitions"] {
            for member in object[name]?.object?.members ?? [] {
                if let found = complaint(member.value, context + [name, member.name]) { return found }
            }
        }
        return nil
    }

    private func complaint(
        ofObject object: JSONObject, _ properties: JSONObject, _ context: [String]
    ) -> String? {
        guard object["additionalProperties"] == false else {
            return "\(Self.place(context)), 'additionalProperties' is required to be supplied and to be false."
        }
        let required = object["required"]?.array ?? []
        if let missing = properties.names.first(where: { !required.contains(.string($0)) }) {
            return
                "\(Self.place(context)), 'required' is required to be supplied and to be an array including every key "
                + "in properties. Missing '\(missing)'."
        }
        for member in properties.members {
            if let found = complaint(member.value, context + ["properties", member.name]) { return found }
        }
        return nil
    }

    private func isObject(_ object: JSONObject) -> Bool {
        object["type"] == "object" || (object["type"]?.array?.contains("object") ?? false)
    }

    /// `#`, `#/$defs/Name`: the only references that the API follows.
    private func find(_ reference: String) -> JSONValue? {
        guard reference.hasPrefix("#") else { return nil }
        return reference.dropFirst().split(separator: "/").reduce(Optional(root)) { value, name in
            // `~1` and `~0` stand for what separates names (RFC 6901 §3).
            value?.object?[String(name).replacing("~1", with: "/").replacing("~0", with: "~")]
        }
    }

    /// A path as Python prints a tuple: with a comma behind a single element.
    private static func place(_ context: [String]) -> String {
        let names = context.map { Int($0) == nil ? "'\($0)'" : $0 }.joined(separator: ", ")
        return "In context=(\(names)\(context.count == 1 ? "," : ""))"
    }
}
