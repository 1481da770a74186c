import SparringJSON

/// An operation of the API in the index of an `OpenAPIDocument`.
package struct APIOperation: Sendable, Hashable {
    /// The client's own method: `images.generate`. Scenarios use this name for the operation, unless the operation is emulated
    /// (`endpoint`). If the document has no such name, the `operationId` is used, or else the method and the path.
    package let name: String
    /// Other methods of the client that send the same request.
    package let aliases: [String]
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    package let method: String
    /// The path as in the API reference: `/v1/vector_stores/{vector_store_id}`.
    package let path: String
    /// The group of the operation, for limits and for retirement: `images`, `vector_stores`, `agents`. The first tag of
    /// the operation in the document, or else the first segment of its path.
    package let family: String
    let template: PathTemplate
    /// The place of the operation's description in the document.
    let place: Int

    static let methods = ["get", "post", "put", "patch", "delete"]

    /// - Parameter entry: the operation in the document.
    init(_ entry: JSONValue, method: String, path: String, place: Int) {
        name = entry["operationId"]?.string ?? "\(method) \(path)"
        aliases = entry["x-aliases"]?.array?.compactMap(\.string) ?? []
        self.method = method
        self.path = path
        let segments = path.split(separator: "/")
        family =
            entry["tags"]?[0]?.string.map { $0.lowercased().replacing(" ", with: "_") }
            ?? String((segments.count > 1 ? segments[1] : segments.first) ?? "")
        template = PathTemplate(path)
        self.place = place
    }

    /// The emulated operation of the same method and path; nil if Sparring has none.
    package var endpoint: Endpoint? {
        guard case .endpoint(let endpoint, _) = Router.route(method: method, path: path[...]) else { return nil }
        return endpoint
    }

    /// The parameter at the end of the path, such as `vector_store_id`; nil if the path ends in a word.
    package var lastParameter: String? { template.lastParameter }

    package static func == (a: APIOperation, b: APIOperation) -> Bool { a.method == b.method && a.path == b.path }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(method)
        hasher.combine(path)
    }
}
