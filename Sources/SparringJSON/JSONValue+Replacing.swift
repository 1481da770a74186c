extension JSONValue {
    /// The object with this member set to the value; a new member comes last. A value that is not an object is returned unchanged.
    package func replacing(_ name: String, with value: JSONValue) -> JSONValue {
        guard case .object(var object) = self else { return self }
        object[name] = value
        return .object(object)
    }
}
