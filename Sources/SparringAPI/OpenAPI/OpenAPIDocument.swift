package import SparringJSON
package import SparringWire

/// The operations of an OpenAPI document, each with an example answer that follows the document's schema.
///
/// The document is read once; only a small example for each operation is kept.
package final class OpenAPIDocument: Sendable {
    /// An operation without an emulation.
    package struct Operation: Sendable {
        package var id: String
        package var method: String
        package var path: String
        let template: PathTemplate
        var status: Int
        var example: Example
        /// An example event, if the operation can stream.
        var event: Example?
    }

    enum Example: Sendable {
        case json(JSONValue)
        /// A placeholder of one byte, for example for an image.
        case other(contentType: String)
        case nothing
    }

    /// The reason why a document cannot be used.
    package struct Problem: Error, Sendable, Hashable {
        package var description: String
    }

    package let operations: [Operation]
    /// Operations whose answer's schema allows no value, or none of reasonable size.
    package let unanswerable: [String]

    private static let methods = ["get", "post", "put", "patch", "delete"]

    /// - Parameter document: in OpenAPI 3.0 or 3.1.
    package init(_ document: JSONValue) throws(Problem) {
        guard let version = document["openapi"]?.string, version.hasPrefix("3.") else {
            throw Problem(description: "it is not an OpenAPI 3 document: `openapi` is missing or not 3.x")
        }
        guard let paths = document["paths"]?.object, !paths.members.isEmpty else {
            throw Problem(description: "it has no `paths`")
        }
        let prefix = Self.prefix(document["servers"]?[0]?["url"]?.string ?? "/v1")
        let reader = ExampleReader(document: document)
        var operations: [Operation] = []
        var unanswerable: [String] = []
        for path in paths.members {
            for member in path.value.object?.members ?? [] where Self.methods.contains(member.name) {
                let method = member.name.uppercased()
                let id = member.value["operationId"]?.string ?? "\(method) \(path.name)"
                guard let answer = reader.answer(of: member.value) else {
                    unanswerable.append(id)
                    continue
                }
                operations.append(
                    Operation(
                        id: id, method: method, path: prefix + path.name,
                        template: PathTemplate(prefix + path.name), status: answer.status, example: answer.example,
                        event: answer.event))
            }
        }
        self.operations = operations
        self.unanswerable = unanswerable
    }

    /// The path of a server's URL: `/v1` for `https://api.openai.com/v1`.
    private static func prefix(_ url: String) -> String {
        var rest = url[...]
        if let scheme = url.range(ofText: "://") { rest = rest[scheme.upperBound...].drop { $0 != "/" } }
        return rest.hasSuffix("/") ? String(rest.dropLast()) : String(rest)
    }

    /// The result of a look-up by method and path.
    package enum Route: Sendable {
        case operation(Operation, parameters: [String: String])
        /// The path exists with other methods.
        case wrongMethod
    }

    /// Nil if the document does not contain the path.
    package func route(method: String, path: Substring) -> Route? {
        let segments = path.split(separator: "/")
        let here = operations.filter { $0.template.matches(segments) }
        let spelled = here.map(\.template.parameterCount).min()
        let wanted = method == "HEAD" ? "GET" : method
        guard let operation = here.first(where: { $0.template.parameterCount == spelled && $0.method == wanted }) else {
            return here.isEmpty ? nil : .wrongMethod
        }
        return .operation(operation, parameters: operation.template.parameters(of: segments))
    }
}

extension OpenAPIDocument.Operation {
    /// The header field that marks an answer made from the document alone. Its value is the operation's id.
    package static let mark = "x-sparring-generic"

    /// An answer that follows the document's schema. Its object has the id in the path.
    package func answer(parameters: [String: String], isStream: Bool, context: AnswerInput, ids: inout IDMint) -> Answer
    {
        if isStream, let event {
            let headers = headers("text/event-stream; charset=utf-8", context, &ids)
            var events: [Event] = []
            if case .json(let value) = event {
                events.append(Event(name: value["type"]?.string ?? value["event"]?.string, data: value.serialized()))
            }
            return Answer(status: status, headers: headers, body: .events(events + [.done]))
        }
        switch example {
        case .json(var value):
            if let name = template.lastParameter, let id = parameters[name], value["id"]?.string != nil {
                value = value.replacing("id", .string(id))
            }
            return Answer(
                status: status, headers: headers("application/json", context, &ids),
                body: .whole(value.serialized() + [0x0A]))
        case .other(let type):
            return Answer(status: status, headers: headers(type, context, &ids), body: .whole([0]))
        case .nothing:
            var headers = headers("application/json", context, &ids)
            headers["content-type"] = nil
            return Answer(status: status, headers: headers)
        }
    }

    private func headers(_ contentType: String, _ context: AnswerInput, _ ids: inout IDMint) -> HeaderFields {
        var headers = StandardHeaders.fields(contentType: contentType, context: context, ids: &ids, rateLimits: nil)
        headers.append(Self.mark, id)
        return headers
    }
}

/// Makes the examples of a document's operations.
private struct ExampleReader {
    let document: JSONValue

    struct Answer {
        var status: Int
        var example: OpenAPIDocument.Example
        var event: OpenAPIDocument.Example?
    }

    /// Nil if the answer's schema allows no value.
    func answer(of operation: JSONValue) -> Answer? {
        let responses = operation["responses"]?.object?.members ?? []
        guard
            let response = responses.first(where: { $0.name.hasPrefix("2") })
                ?? responses.first(where: { $0.name == "default" })
        else { return Answer(status: 200, example: .nothing) }
        // `2XX` means any of these statuses.
        let status = Int(response.name) ?? 200
        guard let content = resolved(response.value)["content"]?.object,
            !content.members.isEmpty
        else { return Answer(status: status, example: .nothing) }
        var answer = Answer(status: status, example: .nothing)
        let types = content.members.map(\.name)
        if let stream = content["text/event-stream"] {
            answer.event = stream["schema"].flatMap(instance).map { .json($0) } ?? .nothing
        }
        if let json = content.members.first(where: { $0.name.hasPrefix("application/json") })?.value {
            guard let schema = json["schema"] else { return answer }
            guard let value = instance(of: shown(in: operation, schema)) else { return nil }
            answer.example = .json(value)
        } else if let other = types.first(where: { $0 != "text/event-stream" }) {
            answer.example = .other(contentType: other)
        }
        return answer
    }

    /// The schema of the answer, with the operation's example if the schema itself has none.
    private func shown(in operation: JSONValue, _ schema: JSONValue) -> JSONValue {
        let examples = operation["x-oaiMeta"]?["examples"]
        guard let text = (examples?["response"] ?? examples?[0]?["response"])?.string,
            case .object(var object) = resolved(schema), object["x-oaiMeta"]?["example"] == nil
        else { return schema }
        object["x-oaiMeta"] = ["example": .string(text)]
        return .object(object)
    }

    private func resolved(_ value: JSONValue) -> JSONValue {
        value["$ref"]?.string.flatMap { SchemaInstance.resolve($0, in: document) } ?? value
    }

    private func instance(of schema: JSONValue) -> JSONValue? { SchemaInstance.instance(of: schema, in: document) }
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
