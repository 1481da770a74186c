/// Makes values from variables, where a literal is not possible.
extension JSONValue {
    package static func int(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
    package static func strings(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }

    /// Null if the value is nil.
    package static func string(orNull value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
}
