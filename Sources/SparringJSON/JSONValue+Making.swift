/// Values from variables, where no literal can stand.
extension JSONValue {
    package static func int(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
    package static func strings(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }

    /// Null where there is none.
    package static func string(orNull value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
}
