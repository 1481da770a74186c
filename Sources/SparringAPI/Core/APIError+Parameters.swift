package import SparringJSON

/// The errors of the parameter validator, in the API's words. `path` is the parameter's path as the message quotes it, such as
/// `tools[0].function.name`; the path is also sent as `param`.
///
/// Source: messages recorded or measured on the wire (docs/measurements/fidelity.md).
extension APIError {
    /// - Parameter known: names to suggest for a misspelled name, except those that the body already has.
    package static func unknownParameter(_ path: String, known: [String] = []) -> APIError {
        let near =
            known.map { (distance: EditDistance.between($0, path), name: $0) }
            .filter { $0.distance <= 2 }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
            .map { "'\($0.name)'" }
        let hint = near.isEmpty ? "" : " Did you mean \(enumeration(near, "or"))?"
        return APIError(message: "Unknown parameter: '\(path)'.\(hint)", param: path, code: "unknown_parameter")
    }

    package static func missing(_ path: String) -> APIError {
        APIError(message: "Missing required parameter: '\(path)'.", param: path, code: "missing_required_parameter")
    }

    /// - Parameter expected: the expected type with its article, such as `a decimal` or `one of a string or array of
    ///   objects`.
    package static func invalidType(_ path: String, expected: String, got value: JSONValue) -> APIError {
        APIError(
            message: "Invalid type for '\(path)': expected \(expected), but got \(typeName(of: value)) instead.",
            param: path,
            code: "invalid_type")
    }

    package static func invalidValue(_ path: String, _ value: String, supported: [String]) -> APIError {
        let list = enumeration(supported.map { "'\($0)'" }, "and")
        return APIError(
            message: "Invalid value: '\(value)'. Supported values are: \(list).", param: path, code: "invalid_value")
    }

    package static func integerBelow(_ path: String, minimum: Int, got: JSONNumber) -> APIError {
        outOfRange(path, "integer", "below minimum", bound: ">= \(minimum)", got: got, code: "integer_below_min_value")
    }

    package static func integerAbove(_ path: String, maximum: Int, got: JSONNumber) -> APIError {
        outOfRange(path, "integer", "above maximum", bound: "<= \(maximum)", got: got, code: "integer_above_max_value")
    }

    package static func decimalBelow(_ path: String, minimum: Int, got: JSONNumber) -> APIError {
        outOfRange(path, "decimal", "below minimum", bound: ">= \(minimum)", got: got, code: "decimal_below_min_value")
    }

    package static func decimalAbove(_ path: String, maximum: Int, got: JSONNumber) -> APIError {
        outOfRange(path, "decimal", "above maximum", bound: "<= \(maximum)", got: got, code: "decimal_above_max_value")
    }

    package static func emptyArray(_ path: String) -> APIError {
        APIError(
            message:
                "Invalid '\(path)': empty array. Expected an array with minimum length 1, but got an empty array instead.",
            param: path, code: "empty_array")
    }

    package static func emptyString(_ path: String) -> APIError {
        APIError(
            message:
                "Invalid '\(path)': empty string. Expected a string with minimum length 1, but got an empty string instead.",
            param: path, code: "empty_string")
    }

    package static func arrayTooLong(_ path: String, maximum: Int, got count: Int) -> APIError {
        APIError(
            message: "Invalid '\(path)': array too long. Expected an array with maximum length \(maximum), "
                + "but got an array with length \(count) instead.", param: path, code: "array_above_max_length")
    }

    package static func stringTooLong(_ path: String, maximum: Int, got count: Int) -> APIError {
        APIError(
            message: "Invalid '\(path)': string too long. Expected a string with maximum length \(maximum), "
                + "but got a string with length \(count) instead.", param: path, code: "string_above_max_length")
    }

    /// - Parameter advice: a further sentence, such as `Use 'max_completion_tokens' instead.`
    package static func unsupportedParameter(
        _ path: String, advice: String? = nil, code: String? = "unsupported_parameter"
    )
        -> APIError
    {
        let tail = advice.map { " \($0)" } ?? ""
        return APIError(
            message: "Unsupported parameter: '\(path)' is not supported with this model.\(tail)", param: path,
            code: code)
    }

    /// - Parameter mode: the mode that rejects the value; nil if the model rejects it.
    package static func unsupportedValue(
        _ path: String, _ value: String, mode: String = "with this model", reason: String? = nil
    ) -> APIError {
        APIError(
            message: "Unsupported value: '\(path)' does not support \(value) \(mode).\(reason.map { " \($0)" } ?? "")",
            param: path, code: "unsupported_value")
    }

    package static func propertyNameTooLong(_ path: String, _ name: String, maximum: Int) -> APIError {
        APIError(
            message:
                "Invalid property name in '\(path)': '\(name.prefix(3))...\(name.suffix(3))' is too long. Expected a "
                + "string with maximum length \(maximum), but got a string with length \(name.unicodeScalars.count) instead.",
            param: "\(path).\(name)", code: "property_name_above_max_length")
    }

    private static func outOfRange(
        _ path: String, _ kind: String, _ side: String, bound: String, got: JSONNumber, code: String
    ) -> APIError {
        APIError(
            message:
                "Invalid '\(path)': \(kind) \(side) value. Expected a value \(bound), but got \(got.text) instead.",
            param: path, code: code)
    }

    /// The type of a value in the validator's words.
    package static func typeName(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "a boolean"
        case .number(let number): number.isInteger ? "an integer" : "a decimal number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// `a`, `a or b`, `a, b, or c`.
    package static func enumeration(_ items: [String], _ conjunction: String) -> String {
        switch items.count {
        case 0: ""
        case 1: items[0]
        case 2: "\(items[0]) \(conjunction) \(items[1])"
        default: items.dropLast().joined(separator: ", ") + ", \(conjunction) \(items[items.count - 1])"
        }
    }
}
