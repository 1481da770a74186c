import SparringJSON

extension JSONValue {
    /// Whether the value is of this `type` of JSON Schema; true for a type that JSON Schema does not have.
    func isOf(schemaType type: String) -> Bool {
        switch type {
        case "null": isNull
        case "boolean": bool != nil
        case "integer": number?.isInteger ?? false
        case "number": number != nil
        case "string": string != nil
        case "array": array != nil
        case "object": object != nil
        default: true
        }
    }
}
