package import SparringJSON
package import SparringWire

/// The answers of the operations on stored responses.
///
/// Source: https://platform.openai.com/docs/api-reference/responses and recordings of its answers (docs/fidelity.md).
package enum ResponsesObjects {
    package static func deleted(_ id: String, context: inout AnswerContext) -> Answer {
        answer(["id": .string(id), "object": "response", "deleted": true], context: &context)
    }

    package static func inputTokens(_ count: Int, context: inout AnswerContext) -> Answer {
        answer(["object": "response.input_tokens", "input_tokens": .int(count)], context: &context)
    }

    package static func list(_ page: ListPage<JSONValue>, context: inout AnswerContext) -> Answer {
        let headers = StandardHeaders.fields(contentType: "application/json", context: &context, rateLimits: nil)
        var writer = JSONWriter(style: .pretty, reserving: 2048)
        page.write(to: &writer) { $1.value($0) }
        return Answer(status: 200, headers: headers, body: .whole(writer.bytes))
    }

    static func answer(_ body: JSONValue, context: inout AnswerContext) -> Answer {
        let headers = StandardHeaders.fields(contentType: "application/json", context: &context, rateLimits: nil)
        return Answer(status: 200, headers: headers, body: .whole(body.serialized(.pretty)))
    }

    package static let notInBackground = APIError(message: "Cannot cancel a synchronous response.")

    package static func hasEnded(_ record: ResponsesRecord) -> APIError {
        APIError(message: "Cannot cancel a response that is already \(record.snapshot.word(.ended)).")
    }

    package static func notFound(_ id: String) -> APIError { ResponsesErrors.stateNotFound("Response", id) }
}
