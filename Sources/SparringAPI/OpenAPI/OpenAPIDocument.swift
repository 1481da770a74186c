package import SparringJSON

/// The operations of the API as an OpenAPI document describes them: the document that the program carries, or a file.
///
/// Only an index of the operations is kept. Parameters and schemas are read when they are needed (`description(of:)`). The document that
/// the program carries therefore costs nothing before its first use, and little after that.
package final class OpenAPIDocument: Sendable {
    /// The reason why a document cannot be used.
    package struct Problem: Error, Sendable, Hashable {
        package var description: String
    }

    /// `info.version`: for a document made from the Python package, the package's version.
    package let version: String
    /// The operations, in the document's order.
    package let operations: [APIOperation]
    private let source: any OperationSource
    /// The indices of `operations` by the number of segments of their paths.
    private let places: [Int: [Int]]
    /// The indices of `operations` by their names and aliases.
    private let names: [String: Int]

    /// The document that the program carries, made from the official Python package by `make openapi`. The document is read at its first
    /// use.
    package static let builtIn = OpenAPIDocument(EmbeddedText(EmbeddedOpenAPI.text))

    /// - Parameter document: in OpenAPI 3.0 or 3.1.
    package convenience init(_ document: JSONValue) throws(Problem) {
        guard let version = document["openapi"]?.string, version.hasPrefix("3.") else {
            throw Problem(description: "it is not an OpenAPI 3 document: `openapi` is missing or not 3.x")
        }
        guard let paths = document["paths"]?.object, !paths.members.isEmpty else {
            throw Problem(description: "it has no `paths`")
        }
        self.init(ParsedText(document))
    }

    private init(_ source: some OperationSource) {
        self.source = source
        let head = source.head
        version = head["info"]?["version"]?.string ?? ""
        let prefix = Self.prefix(head["servers"]?[0]?["url"]?.string ?? "/v1")
        var operations: [APIOperation] = []
        var taken: Set<String> = []
        source.forEachPath { place, path, item in
            // A query in a path (`/responses?beta=true`) does not change the operation.
            let path = prefix + path.prefix { $0 != "?" }
            for member in item.object?.members ?? [] where APIOperation.methods.contains(member.name) {
                let method = member.name.uppercased()
                guard taken.insert("\(method) \(path)").inserted else { continue }
                operations.append(APIOperation(member.value, method: method, path: path, place: place))
            }
        }
        var (places, names): ([Int: [Int]], [String: Int]) = ([:], [:])
        for (index, operation) in operations.enumerated() {
            places[operation.template.count, default: []].append(index)
            for name in [operation.name] + operation.aliases where names[name] == nil { names[name] = index }
        }
        (self.operations, self.places, self.names) = (operations, places, names)
    }

    /// The path of a server's URL: `/v1` for `https://api.openai.com/v1`.
    private static func prefix(_ url: String) -> String {
        var rest = url[...]
        if let scheme = url.range(ofText: "://") { rest = rest[scheme.upperBound...].drop { $0 != "/" } }
        return rest.hasSuffix("/") ? String(rest.dropLast()) : String(rest)
    }

    /// The result of a look-up by method and path.
    package enum Route: Sendable {
        case operation(APIOperation, parameters: [String: String])
        /// The path exists with other methods.
        case wrongMethod
    }

    /// Returns nil if the document does not contain the path.
    ///
    /// - Parameter path: without query and session prefix.
    package func route(method: String, path: Substring) -> Route? {
        let segments = path.split(separator: "/")
        let here = (places[segments.count] ?? []).filter { operations[$0].template.matches(segments) }
        let spelled = here.map { operations[$0].template.parameterCount }.min()
        let wanted = method == "HEAD" ? "GET" : method
        let found = here.lazy.map { self.operations[$0] }.first {
            $0.template.parameterCount == spelled && $0.method == wanted
        }
        guard let found else { return here.isEmpty ? nil : .wrongMethod }
        return .operation(found, parameters: found.template.parameters(of: segments))
    }

    /// The operation of that name or alias: `images.generate`.
    package func operation(named name: String) -> APIOperation? { names[name].map { operations[$0] } }

    /// The parameters and schemas of an operation of this document. This reads the document, so it is too slow for every chat answer.
    package func description(of operation: APIOperation) -> OperationDescription {
        let item = source.item(at: operation.place)
        let entry = item[operation.method.lowercased()] ?? .null
        return OperationDescription(entry, item: item, in: self)
    }

    /// The value that a reference names: `#/components/schemas/Image`.
    package func resolve(_ reference: String) -> JSONValue? { source.resolve(reference) }

    /// A schema without the references around it.
    package func resolved(_ value: JSONValue) -> JSONValue {
        var (value, budget) = (value, 16)
        while budget > 0, let reference = value["$ref"]?.string, let target = resolve(reference) {
            value = target
            budget -= 1
        }
        return value
    }

    /// The smallest value that a schema of this document allows; nil if the schema allows no value. See `SchemaInstance`.
    package func example(of schema: JSONValue) -> JSONValue? {
        SchemaInstance.instance(of: schema, resolving: resolve)
    }

    /// The names of models in each list of the package, such as `ChatModel` and `ImageModel`.
    package var models: [(list: String, names: [String])] {
        (source.head["x-models"]?.object?.members ?? []).map { ($0.name, $0.value.array?.compactMap(\.string) ?? []) }
    }

    /// The announced last days of models, such as `2027-01-14`, with the models' names.
    package var shutdowns: [(model: String, day: String)] {
        (source.head["x-shutdowns"]?.object?.members ?? []).compactMap { row in row.value.string.map { (row.name, $0) }
        }
    }
}

extension String {
    fileprivate func range(ofText text: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
