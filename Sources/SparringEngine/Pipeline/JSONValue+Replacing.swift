import SparringJSON

extension JSONValue {
    func replacing(_ name: String, with value: JSONValue) -> JSONValue {
        guard case .object(var object) = self else { return self }
        object[name] = value
        return .object(object)
    }
}
