package import SparringJSON

/// Invents a small document that satisfies a JSON Schema, for structured answers without a script.
///
/// Covers the subset that structured outputs accept (https://platform.openai.com/docs/guides/structured-outputs), and keywords that schema
/// generators often add. Other keywords (`not`, `if`, `patternProperties`, …) are ignored.
package enum SchemaInstance {
    /// Equal schemas get equal examples. The example is `null` if the schema allows no value, or none of reasonable size.
    package static func example(of schema: JSONValue) -> JSONValue { instance(of: schema) ?? .null }

    /// Like `example`, but returns nil if the schema allows no value.
    ///
    /// - Parameter resolve: returns the schema that a reference names, for a schema of a server's answer. If this function is nil,
    ///   references are looked up in the schema itself.
    static func instance(of schema: JSONValue, resolving resolve: ((String) -> JSONValue?)? = nil) -> JSONValue? {
        let find = resolve ?? { Self.resolve($0, in: schema) }
        var maker = SchemaInstanceMaker(find: find, isDescription: resolve != nil)
        return maker.instance(of: schema, depth: 0)
    }
}

extension SchemaInstance {
    /// Resolves a JSON Pointer as a fragment (RFC 6901 §6): `#`, `#/$defs/step`.
    static func resolve(_ reference: String, in document: JSONValue) -> JSONValue? {
        guard reference.hasPrefix("#") else { return nil }
        var target = document
        for part in reference.dropFirst().split(separator: "/") {
            let name = SchemaInstanceText.unescaped(part)
            guard let next = target[name] ?? Int(name).flatMap({ target[$0] }) else { return nil }
            target = next
        }
        return target
    }
}

/// One pass over a schema. A step returns nil if no finite instance exists; the next alternative is then tried.
private struct SchemaInstanceMaker {
    /// Returns the schema that a reference names.
    let find: (String) -> JSONValue?
    /// True if the schemas describe a server's answer. For such an answer, the schemas' own examples are preferred, members with only one
    /// possible value are included, a status is one that ends a client's polling, and a list has an item.
    let isDescription: Bool
    /// The number of objects around the value that is being made.
    private var objects = 0
    /// True while the value of a status is being made.
    private var isStatus = false
    /// The references that are being followed. The smallest instance never contains itself, so the search need not
    /// follow a reference again.
    private var path: Set<String> = []
    /// The number of values that may still be visited. Without this limit, definitions that double at each level would exhaust memory.
    private var budget = 20_000

    init(find: @escaping (String) -> JSONValue?, isDescription: Bool) {
        self.find = find
        self.isDescription = isDescription
    }

    mutating func instance(of schema: JSONValue, depth: Int) -> JSONValue? {
        budget -= 1
        guard budget > 0, depth < JSONValue.maximumDepth / 4 else { return nil }
        switch schema {
        case .bool(let isSatisfiable): return isSatisfiable ? SchemaInstanceText.plain(minimum: 0, maximum: nil) : nil
        case .object(let object): return instance(of: object, depth: depth)
        default: return nil
        }
    }

    private mutating func instance(of schema: JSONObject, depth: Int) -> JSONValue? {
        if let constant = schema["const"] { return constant }
        if let values = schema["enum"]?.array {
            if let preferred = schema["default"], values.contains(preferred) { return preferred }
            return isStatus ? SchemaInstance.settled(values) : values.first
        }
        if let preferred = schema["default"] { return preferred }
        if isDescription, let example = example(of: schema) { return example }
        if let reference = schema["$ref"]?.string {
            return follow(reference, besides: schema, depth: depth)
        }
        if let parts = schema["allOf"]?.array {
            var merged = schema
            merged["allOf"] = nil
            return instance(of: .object(parts.reduce(merged) { Self.merge($0, resolved($1)) }), depth: depth + 1)
        }
        for keyword in ["anyOf", "oneOf"] {
            guard let options = schema[keyword]?.array else { continue }
            var base = schema
            base[keyword] = nil
            for option in options {
                let merged = option.object.map { JSONValue.object(Self.merge(base, $0)) } ?? option
                if let value = instance(of: merged, depth: depth + 1) { return value }
            }
            return nil
        }
        for type in Self.types(of: schema) {
            if let value = instance(of: schema, type: type, depth: depth) { return value }
        }
        return nil
    }

    private mutating func instance(of schema: JSONObject, type: String, depth: Int) -> JSONValue? {
        switch type {
        case "null": JSONValue.null
        case "boolean": false
        case "integer": SchemaInstanceNumber.integer(schema)
        case "number": SchemaInstanceNumber.decimal(schema)
        case "string": SchemaInstanceText.string(schema)
        case "array": array(schema, depth)
        case "object": object(schema, depth)
        default: nil
        }
    }

    /// The listed types; without a list, the type is inferred from the keywords.
    private static func types(of schema: JSONObject) -> [String] {
        switch schema["type"] {
        case .string(let type): return [type]
        case .array(let types): return types.compactMap(\.string)
        default: break
        }
        if schema["properties"] != nil || schema["required"] != nil { return ["object"] }
        if schema["items"] != nil || schema["prefixItems"] != nil { return ["array"] }
        if schema["minimum"] != nil || schema["maximum"] != nil { return ["number"] }
        return ["string"]
    }

    /// Makes the required members and, in a closed object (the mark of strict mode), also the others, in the schema's order.
    private mutating func object(_ schema: JSONObject, _ depth: Int) -> JSONValue? {
        let properties = schema["properties"]?.object ?? [:]
        let required = schema["required"]?.array?.compactMap(\.string) ?? []
        let isClosed = schema["additionalProperties"] == false
        var result = JSONObject()
        let sample = isDescription ? sample(of: schema) : nil
        let wasStatus = isStatus
        objects += 1
        defer { (objects, isStatus) = (objects - 1, wasStatus) }
        for property in properties.members {
            isStatus = isDescription && property.name == "status"
            // Clients read the member `data` of an answer without checking that it exists.
            let isRequired =
                required.contains(property.name) || isDescription && objects == 1 && property.name == "data"
            guard isRequired || isClosed || isDescription && isSettled(property.value) else { continue }
            if let text = sample?[property.name]?.string, isFreeText(property.value) {
                result.members.append(.init(property.name, .string(text)))
            } else if let value = instance(of: property.value, depth: depth + 1) {
                result.members.append(.init(property.name, value))
            } else if isRequired {
                return nil
            }
        }
        for name in required where properties[name] == nil {
            let extra = schema["additionalProperties"] ?? true
            guard let value = instance(of: extra, depth: depth + 1) else { return nil }
            result.members.append(.init(name, value))
        }
        return .object(result)
    }

    private mutating func array(_ schema: JSONObject, _ depth: Int) -> JSONValue? {
        var values: [JSONValue] = []
        let isList = isDescription && objects == 1 && schema["items"] != nil
        let minimum = schema["minItems"]?.int ?? 0
        for item in schema["prefixItems"]?.array ?? [] {
            guard let value = instance(of: item, depth: depth + 1) else { return nil }
            values.append(value)
        }
        guard values.count < minimum || isList else { return .array(values) }
        let item = schema["items"] ?? true
        let isUnique = schema["uniqueItems"] == true
        while values.count < minimum {
            guard let value = instance(of: item, depth: depth + 1) else { return nil }
            guard isUnique, values.contains(value) else {
                values.append(value)
                continue
            }
            guard let other = Self.another(than: values, like: value, item) else { return nil }
            values.append(other)
        }
        if isList, values.isEmpty, schema["maxItems"] != 0, let value = instance(of: item, depth: depth + 1) {
            values.append(value)
        }
        return .array(values)
    }

    /// A value that the array does not contain yet.
    private static func another(than values: [JSONValue], like value: JSONValue, _ schema: JSONValue) -> JSONValue? {
        if let options = schema["enum"]?.array { return options.first { !values.contains($0) } }
        switch value {
        case .number(let number):
            let (sum, overflows) = (number.int ?? 0).addingReportingOverflow(values.count)
            return overflows ? nil : .number(JSONNumber(sum))
        case .string(let text): return .string(text + String(values.count))
        case .bool(let flag):
            guard !values.contains(.bool(!flag)) else { return .none }
            return .bool(!flag)
        default: return nil
        }
    }

    /// The schema's example, if it is a text. Examples that are not texts do not always match the type in their schema.
    private func example(of schema: JSONObject) -> JSONValue? {
        guard schema["type"] == "string", schema["format"] == nil else { return .none }
        guard let text = (schema["example"] ?? schema["examples"]?[0])?.string else { return .none }
        return .string(text)
    }

    /// The example object that the official document has as JSON text.
    private func sample(of schema: JSONObject) -> JSONObject? {
        guard let text = schema["x-oaiMeta"]?["example"]?.string else { return nil }
        return (try? JSONValue.parse(text))?.object
    }

    /// True if any text is valid, so that the example's text can be used.
    private func isFreeText(_ schema: JSONValue) -> Bool {
        guard schema["type"] == "string" else { return false }
        return ["enum", "const", "pattern", "format", "minLength", "maxLength"].allSatisfy { schema[$0] == nil }
    }

    /// True if the schema allows only one value, such as that of `object`.
    private func isSettled(_ schema: JSONValue) -> Bool {
        schema["const"] != nil || schema["enum"]?.array?.count == 1
    }

    // MARK: References

    private mutating func follow(_ reference: String, besides schema: JSONObject, depth: Int) -> JSONValue? {
        guard path.insert(reference).inserted else { return nil }
        defer { path.remove(reference) }
        guard let target = resolve(reference) else { return nil }
        var rest = schema
        rest["$ref"] = nil
        guard !rest.isEmpty, let object = target.object else { return instance(of: target, depth: depth + 1) }
        return instance(of: .object(Self.merge(object, rest)), depth: depth + 1)
    }

    private func resolve(_ reference: String) -> JSONValue? { find(reference) }

    /// Resolves a part of `allOf` that is only a reference, so that the part can be merged.
    private func resolved(_ schema: JSONValue) -> JSONObject {
        guard let reference = schema["$ref"]?.string, !path.contains(reference) else { return schema.object ?? [:] }
        return resolve(reference)?.object ?? [:]
    }

    /// Merges two schemas: properties and requirements are combined; other keywords of the second schema override those of the first.
    private static func merge(_ first: JSONObject, _ second: JSONObject) -> JSONObject {
        var merged = first
        for member in second.members {
            switch (member.name, merged[member.name], member.value) {
            case ("properties", .object(let a), .object(let b)): merged["properties"] = .object(merge(a, b))
            case ("required", .array(let a), .array(let b)):
                merged["required"] = .array(a + b.filter { !a.contains($0) })
            default: merged[member.name] = member.value
            }
        }
        return merged
    }
}
