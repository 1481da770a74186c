import SparringJSON

/// The text behind an `OpenAPIDocument`.
protocol OperationSource: Sendable {
    /// The document's members other than paths and components.
    var head: JSONValue { get }
    /// - Parameter visit: receives the place of a path for `item(at:)`, the path, and the path's value in the document.
    func forEachPath(_ visit: (_ place: Int, _ path: String, _ item: JSONValue) -> Void)
    func item(at place: Int) -> JSONValue
    func resolve(_ reference: String) -> JSONValue?
}

/// A document that was read from a file.
struct ParsedText: OperationSource {
    let head: JSONValue

    init(_ document: JSONValue) { head = document }

    func forEachPath(_ visit: (Int, String, JSONValue) -> Void) {
        for (place, path) in (head["paths"]?.object?.members ?? []).enumerated() { visit(place, path.name, path.value) }
    }

    func item(at place: Int) -> JSONValue {
        guard let paths = head["paths"]?.object?.members, paths.indices.contains(place) else { return .null }
        return paths[place].value
    }

    func resolve(_ reference: String) -> JSONValue? { SchemaInstance.resolve(reference, in: head) }
}
