import SparringWire

/// Typed query parameters. Errors are worded like the errors of a body.
extension QueryItems {
    func boolean(_ name: String) throws(APIError) -> Bool? {
        switch self[name] {
        case nil: return nil
        case "true": return true
        case "false": return false
        default: throw Self.unreadable(name, "a boolean")
        }
    }

    func integer(_ name: String) throws(APIError) -> Int? {
        guard let text = self[name] else { return nil }
        guard let value = Int(text) else { throw Self.unreadable(name, "an integer") }
        return value
    }

    static func unreadable(_ name: String, _ type: String) -> APIError {
        APIError(
            message: "Invalid type for '\(name)': expected \(type), but got a string value that could not be converted "
                + "into \(type).", param: name, code: "invalid_type")
    }
}
