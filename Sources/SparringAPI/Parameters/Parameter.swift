import SparringJSON

/// A parameter by name, with what it may hold.
struct Parameter: Sendable {
    let name: String
    let shape: ParameterShape

    init(_ name: String, _ shape: ParameterShape) {
        self.name = name
        self.shape = shape
    }
}

extension JSONValue {
    /// A null parameter counts as one that was left out. Spelled with `Optional.none`, because a bare `nil` is JSON's null here.
    var unlessNull: JSONValue? { isNull ? Optional.none : .some(self) }
}
