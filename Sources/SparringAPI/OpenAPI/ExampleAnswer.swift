package import SparringJSON
package import SparringWire

/// Answers that are made only from a document's schemas, without state and without checks. The same request gets the
/// same answer.
package struct ExampleAnswer {
    package let operation: APIOperation
    /// The decoded parameters of the path, by name.
    package var parameters: [String: String]
    package var isStream: Bool

    /// The header field that marks an answer made from the document. The value of this header field is the operation's name.
    package static let mark = "x-sparring-generic"

    package init(_ operation: APIOperation, parameters: [String: String], isStream: Bool) {
        self.operation = operation
        self.parameters = parameters
        self.isStream = isStream
    }

    /// - Throws: Sparring's own error if the schema of the answer allows no value.
    package func answer(
        from document: OpenAPIDocument, context: AnswerInput, ids: inout IDMint
    ) throws(APIError) -> Answer {
        let description = document.description(of: operation)
        if isStream, let event = description.event {
            return Self.stream(
                Self.events(event, in: document), of: operation, status: description.status, context: context, ids: &ids
            )
        }
        guard let schema = description.answer else {
            // A placeholder of one byte, for example for an image.
            let body: Answer.Body = description.contentType == nil ? .none : .whole([0])
            return Answer(
                status: description.status,
                headers: Self.headers(operation, description.contentType, context: context, ids: &ids), body: body)
        }
        guard var value = document.example(of: schema) else { throw .unanswerable(operation.name) }
        if let name = operation.lastParameter, let id = parameters[name], value["id"]?.string != nil {
            value = value.replacing("id", with: .string(id))
        }
        return Self.json(value, of: operation, status: description.status, context: context, ids: &ids)
    }

    /// A JSON answer of an operation of the document.
    package static func json(
        _ value: JSONValue, of operation: APIOperation, status: Int = 200, context: AnswerInput, ids: inout IDMint
    ) -> Answer {
        json(value, named: operation.name, status: status, context: context, ids: &ids)
    }

    /// - Parameter name: the name of the operation.
    package static func json(
        _ value: JSONValue, named name: String, status: Int = 200, context: AnswerInput, ids: inout IDMint
    ) -> Answer {
        Answer(
            status: status, headers: headers(named: name, "application/json", context: context, ids: &ids),
            body: .whole(value.serialized() + [0x0A]))
    }

    /// A streamed answer of an operation of the document: each event has the name of its type, and `[DONE]` ends the stream.
    package static func stream(
        _ events: [JSONValue], of operation: APIOperation, status: Int = 200, context: AnswerInput, ids: inout IDMint
    ) -> Answer {
        let events = events.map { event in
            // Events of threads carry their name in the `event` line only.
            guard event["type"] == nil, let name = event["event"]?.string, let data = event["data"] else {
                return Event(name: event["type"]?.string ?? event["event"]?.string, data: event.serialized())
            }
            return Event(name: name, data: data.serialized())
        }
        return Answer(
            status: status,
            headers: headers(operation, "text/event-stream; charset=utf-8", context: context, ids: &ids),
            body: .events(events + [.done]))
    }

    /// - Parameter contentType: the value of the field; nil if the answer has no body.
    package static func headers(
        _ operation: APIOperation, _ contentType: String?, context: AnswerInput, ids: inout IDMint
    ) -> HeaderFields {
        headers(named: operation.name, contentType, context: context, ids: &ids)
    }

    private static func headers(
        named name: String, _ contentType: String?, context: AnswerInput, ids: inout IDMint
    ) -> HeaderFields {
        var headers = StandardHeaders.fields(
            contentType: contentType ?? "application/json", context: context, ids: &ids, rateLimits: context.rateLimits)
        if contentType == nil { headers["content-type"] = nil }
        headers.append(mark, name)
        return headers
    }

    /// An example of the first kind of event, and an example of the kind that ends a stream if the schema has such a kind.
    package static func events(_ schema: JSONValue, in document: OpenAPIDocument) -> [JSONValue] {
        let schema = document.resolved(schema)
        let kinds = (schema["anyOf"] ?? schema["oneOf"])?.array ?? [schema]
        let last = kinds.first { document.resolved($0).endsStream }
        let chosen = kinds.prefix(1) + (last.map { $0 == kinds.first ? [] : [$0] } ?? [])
        return chosen.compactMap(document.example)
    }
}

extension JSONValue {
    /// True for the schema of an event that ends a stream: `image_generation.completed`.
    fileprivate var endsStream: Bool {
        let type = self["properties"]?["type"] ?? self["properties"]?["event"]
        guard let name = (type?["const"] ?? type?["enum"]?[0])?.string else { return false }
        return name.hasSuffix(".completed") || name.hasSuffix(".done")
    }
}

extension APIError {
    static func unanswerable(_ name: String) -> APIError {
        APIError(
            status: 501, message: "Sparring: the document's schema of the answer to \(name) allows no value.",
            code: "sparring_unsupported", headers: ["x-should-retry": "false"])
    }
}
