package import SparringJSON

/// Makes a value conform to a schema of the document with as few changes as possible.
///
/// Required members that the value lacks are invented (`OpenAPIDocument.example`). Members that violate the schema are replaced if they are
/// required, and otherwise left out. Members that the schema does not know are kept, because an API may return more than its document says.
/// A union is read as the variant that needs the fewest changes, so that a constant `type` decides.
package struct SchemaCompletion {
    private let document: OpenAPIDocument

    package init(_ document: OpenAPIDocument) { self.document = document }

    /// - Returns: nil if the schema does not allow a value of this kind, such as a text in place of an object.
    package func completed(_ value: JSONValue, as schema: JSONValue) -> JSONValue? {
        var pass = SchemaCompletionPass(document: document)
        return pass.fit(value, schema, depth: 0)?.value
    }

    /// The schema without references and unions around it: a union becomes the variant that fits the object best.
    package func variant(of schema: JSONValue, for object: JSONObject) -> JSONValue {
        var schema = document.resolved(schema)
        for _ in 0..<4 {
            guard let options = schema.options else { break }
            var pass = SchemaCompletionPass(document: document)
            guard let best = pass.best(.object(object), options, depth: 0) else { break }
            schema = document.resolved(best.option)
        }
        return schema
    }

    /// The members that a schema and all its variants know.
    package func names(of schema: JSONValue) -> Set<String> { names(of: schema, depth: 0) }

    private func names(of schema: JSONValue, depth: Int) -> Set<String> {
        let schema = document.resolved(schema)
        let own = Set(schema["properties"]?.object?.names ?? [])
        guard depth < 4, let options = schema.options else { return own }
        return options.reduce(own) { $0.union(names(of: $1, depth: depth + 1)) }
    }
}

extension JSONValue {
    /// The variants of a union; nil for other schemas.
    fileprivate var options: [JSONValue]? { (self["anyOf"] ?? self["oneOf"])?.array }
}

/// Makes one value conform to one schema.
private struct SchemaCompletionPass {
    let document: OpenAPIDocument
    /// The number of values that may still be visited. Without this limit, unions that contain themselves would take exponential time.
    private var budget = 100_000

    init(document: OpenAPIDocument) { self.document = document }

    /// A conforming value, and how much it differs from the given value.
    struct Fit {
        var value: JSONValue
        /// The number of members that had to be replaced or left out.
        var replaced = 0
        /// The number of members that had to be invented.
        var invented = 0
        /// The number of members that the schema knows.
        var known = 0

        mutating func add(_ part: Fit) {
            replaced += part.replaced
            invented += part.invented
            known += part.known
        }

        func isBetter(than other: Fit) -> Bool {
            (other.replaced, known, other.invented) > (replaced, other.known, invented)
        }
    }

    /// Returns nil if the schema allows no value of this kind.
    mutating func fit(_ value: JSONValue, _ schema: JSONValue, depth: Int) -> Fit? {
        budget -= 1
        guard budget > 0, depth < JSONValue.maximumDepth / 4 else { return nil }
        let schema = document.resolved(schema)
        if let options = schema.options { return best(value, options, depth: depth)?.fit }
        if let constant = schema["const"] { return value == constant ? Fit(value: value) : nil }
        if let choices = schema["enum"]?.array { return choices.contains(value) ? Fit(value: value) : nil }
        let kinds = Self.kinds(schema)
        guard kinds.isEmpty || kinds.contains(where: { value.isOf(schemaType: $0) }) else {
            return value.string.flatMap { fit(text: $0, schema, kinds, depth) }
        }
        switch value {
        case .array(let elements): return fit(elements, schema, depth)
        case .object(let object): return fit(object, schema, depth)
        default: return Fit(value: value)
        }
    }

    /// Converts a text where the schema expects another kind of value: the field of a form becomes a number or a truth value, and the short
    /// form `"content": "Hi"` becomes a list of parts.
    private mutating func fit(text: String, _ schema: JSONValue, _ kinds: [String], _ depth: Int) -> Fit? {
        if kinds.contains("boolean"), text == "true" || text == "false" { return Fit(value: .bool(text == "true")) }
        if kinds.contains("integer") || kinds.contains("number"), let number = Int(text) {
            return Fit(value: .int(number))
        }
        guard kinds.contains("array"), let items = schema["items"].map(document.resolved) else { return nil }
        for part in items.options ?? [items] {
            let type = document.resolved(document.resolved(part)["properties"]?["type"] ?? .null)["const"]
            guard let type, type == "text" || type == "input_text" else { continue }
            for content in [JSONValue.string(text), ["value": .string(text)]] {
                let element: JSONValue = ["type": type, "text": content]
                guard let fit = fit(element, part, depth: depth + 1), fit.replaced == 0 else { continue }
                return Fit(value: .array([fit.value]), invented: fit.invented, known: fit.known)
            }
        }
        return nil
    }

    mutating func best(
        _ value: JSONValue, _ options: [JSONValue], depth: Int
    ) -> (option: JSONValue, fit: Fit)? {
        var best: (option: JSONValue, fit: Fit)?
        for option in options {
            guard let fit = fit(value, option, depth: depth + 1) else { continue }
            if best.map({ fit.isBetter(than: $0.fit) }) ?? true { best = (option, fit) }
        }
        return best
    }

    private mutating func fit(_ elements: [JSONValue], _ schema: JSONValue, _ depth: Int) -> Fit? {
        guard let items = schema["items"] else { return Fit(value: .array(elements)) }
        var whole = Fit(value: .null)
        var values: [JSONValue] = []
        for element in elements {
            guard let part = fit(element, items, depth: depth + 1) else { return nil }
            values.append(part.value)
            whole.add(part)
        }
        whole.value = .array(values)
        return whole
    }

    private mutating func fit(_ object: JSONObject, _ schema: JSONValue, _ depth: Int) -> Fit? {
        let properties = schema["properties"]?.object ?? [:]
        let required = schema["required"]?.array?.compactMap(\.string) ?? []
        let others = schema["additionalProperties"]
        var whole = Fit(value: .null)
        var result = JSONObject()
        for member in object.members {
            let isKnown = properties[member.name] != nil
            guard let inner = properties[member.name] ?? others, inner.object != nil else {
                result.members.append(member)
                continue
            }
            if isKnown { whole.known += 1 }
            if let part = fit(member.value, inner, depth: depth + 1) {
                result.members.append(.init(member.name, part.value))
                whole.add(part)
            } else {
                whole.replaced += 1
            }
        }
        for name in required where result[name] == nil {
            guard let invented = document.example(of: properties[name] ?? others ?? true) else { return nil }
            result.members.append(.init(name, invented))
            if object[name] == nil { whole.invented += 1 }
        }
        whole.value = .object(result)
        return whole
    }

    private static func kinds(_ schema: JSONValue) -> [String] {
        switch schema["type"] {
        case .string(let kind): [kind]
        case .array(let kinds): kinds.compactMap(\.string)
        default: schema["properties"] != nil ? ["object"] : schema["items"] != nil ? ["array"] : []
        }
    }
}
