import SparringJSON

/// A parameter: its name and shape.
struct Parameter: Sendable {
    let name: String
    let shape: ParameterShape

    init(_ name: String, _ shape: ParameterShape) {
        self.name = name
        self.shape = shape
    }
}

extension JSONValue {
    /// A null parameter counts as missing. This uses `Optional.none`, because a bare `nil` is JSON's null here.
    var unlessNull: JSONValue? { isNull ? Optional.none : .some(self) }
}
