package import SparringJSON

/// Completes a value of a request that an answer repeats: members that the answer's schema requires, and that the request
/// may leave out, are invented.
package struct EchoCompletion {
    private let document: OpenAPIDocument

    package init(_ document: OpenAPIDocument) { self.document = document }

    /// - Parameter schema: of the value in the answer.
    package func complete(_ value: JSONValue, as schema: JSONValue?) -> JSONValue {
        guard let schema = schema.map(document.resolved) else { return value }
        if let variants = (schema["anyOf"] ?? schema["oneOf"])?.array {
            return complete(value, as: variants.map(document.resolved).first { fits(value, $0) })
        }
        switch value {
        case .array(let elements):
            guard let items = schema["items"] else { return value }
            return .array(elements.map { complete($0, as: items) })
        case .object(var object):
            guard let properties = schema["properties"]?.object else { return value }
            for index in object.members.indices {
                let member = object.members[index]
                object.members[index].value = complete(member.value, as: properties[member.name])
            }
            for name in schema["required"]?.array?.compactMap(\.string) ?? [] where object[name] == nil {
                if let invented = properties[name].flatMap(document.example) { object[name] = invented }
            }
            return .object(object)
        default: return value
        }
    }

    /// True if the value is of the variant's kind: an array, an object with the same `type`, or another value.
    private func fits(_ value: JSONValue, _ variant: JSONValue) -> Bool {
        switch value {
        case .array: return variant["items"] != nil || variant["type"] == "array"
        case .object:
            guard let properties = variant["properties"]?.object else { return variant["type"] == "object" }
            guard let type = value["type"], let wanted = properties["type"].map(document.resolved) else { return true }
            return wanted["const"] == type || wanted["enum"]?.array?.contains(type) == true
        default: return variant["properties"] == nil && variant["items"] == nil
        }
    }
}
