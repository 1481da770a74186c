package import SparringJSON

/// What a document says about one operation: its parameters, its body and its answer. The description is read when it is needed.
package struct OperationDescription: Sendable {
    package struct Parameter: Sendable {
        package enum Place: String, Sendable {
            case path, query, header, cookie
        }

        package let name: String
        package let place: Place
        package let isRequired: Bool
        package let schema: JSONValue
    }

    package struct Body: Sendable {
        /// `application/json` or `multipart/form-data`.
        package let contentType: String
        /// The schema without the reference around it, so that `properties` and `required` can be read.
        package let schema: JSONValue
    }

    package let parameters: [Parameter]
    /// The body; nil if the operation takes no body.
    package let body: Body?
    /// The status of the answer to a valid request.
    package let status: Int
    /// `application/json`, or for example `image/png`; nil if the answer has no body.
    package let contentType: String?
    /// The schema of a JSON answer; nil if the answer is not JSON.
    package let answer: JSONValue?
    /// The schema of the events, if the operation can stream.
    package let event: JSONValue?
    /// How the client turns pages: `CursorPage` (`after`, `has_more`), `TokenPage`, `Page` …; nil if the answer is not
    /// a page.
    package let page: String?

    /// - Parameters:
    ///   - entry: the operation in the document.
    ///   - item: the path that contains the operation, with the parameters that all operations of the path share.
    init(_ entry: JSONValue, item: JSONValue, in document: OpenAPIDocument) {
        let listed = (item["parameters"]?.array ?? []) + (entry["parameters"]?.array ?? [])
        parameters = listed.compactMap { parameter in
            let parameter = document.resolved(parameter)
            guard let name = parameter["name"]?.string,
                let place = parameter["in"]?.string.flatMap(Parameter.Place.init)
            else { return nil }
            return Parameter(
                name: name, place: place, isRequired: parameter["required"] == true, schema: parameter["schema"] ?? true
            )
        }
        let bodies = document.resolved(entry["requestBody"] ?? .null)["content"]?.object?.members ?? []
        let chosen = bodies.first { $0.name.hasPrefix("application/json") } ?? bodies.first
        body = chosen.map {
            Body(contentType: $0.name, schema: document.resolved($0.value["schema"] ?? true))
        }
        let responses = entry["responses"]?.object?.members ?? []
        let response =
            responses.first { $0.name.hasPrefix("2") } ?? responses.first { $0.name == "default" }
        // The document may write `2XX` for the status, which then counts as 200.
        status = response.flatMap { Int($0.name) } ?? 200
        let content = response.flatMap { document.resolved($0.value)["content"]?.object }?.members ?? []
        let json = content.first { $0.name.hasPrefix("application/json") }
        answer = json.map { Self.shown(in: entry, $0.value["schema"] ?? true, document) }
        contentType = (json ?? content.first { $0.name != "text/event-stream" })?.name
        event = content.first { $0.name == "text/event-stream" }.map { $0.value["schema"] ?? true }
        page = entry["x-page"]?.string
    }

    /// The schema of the answer, with the operation's example if the schema itself has none.
    private static func shown(in entry: JSONValue, _ schema: JSONValue, _ document: OpenAPIDocument) -> JSONValue {
        let examples = entry["x-oaiMeta"]?["examples"]
        guard let text = (examples?["response"] ?? examples?[0]?["response"])?.string,
            case .object(var object) = document.resolved(schema), object["x-oaiMeta"]?["example"] == nil
        else { return schema }
        object["x-oaiMeta"] = ["example": .string(text)]
        return .object(object)
    }
}
