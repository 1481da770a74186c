package import SparringJSON
package import SparringWire

/// The answers of the operations on stored responses.
///
/// Source: https://platform.openai.com/docs/api-reference/responses and recordings of its answers
/// (docs/measurements/fidelity.md).
package enum ResponsesObjects {
    package static func deleted(_ id: String, context: AnswerInput, ids: inout IDMint) -> Answer {
        answer(["id": .string(id), "object": "response", "deleted": true], context: context, ids: &ids)
    }

    package static func inputTokens(_ count: Int, context: AnswerInput, ids: inout IDMint) -> Answer {
        answer(["object": "response.input_tokens", "input_tokens": .int(count)], context: context, ids: &ids)
    }

    package static func list(_ page: ListPage<JSONValue>, context: AnswerInput, ids: inout IDMint) -> Answer {
        let headers = StandardHeaders.fields(
            contentType: "application/json", context: context, ids: &ids, rateLimits: nil)
        var writer = JSONWriter(style: .pretty, reserving: 2048)
        page.write(to: &writer) { $1.value($0) }
        return Answer(status: 200, headers: headers, body: .whole(writer.bytes))
    }

    package static func answer(_ body: JSONValue, context: AnswerInput, ids: inout IDMint) -> Answer {
        let headers = StandardHeaders.fields(
            contentType: "application/json", context: context, ids: &ids, rateLimits: nil)
        return Answer(status: 200, headers: headers, body: .whole(body.serialized(.pretty)))
    }

    package static let notInBackground = APIError(message: "Cannot cancel a synchronous response.")

    package static func hasEnded(_ record: ResponsesRecord) -> APIError {
        APIError(message: "Cannot cancel a response that is already \(record.snapshot.word(.ended)).")
    }

    /// The parameters of `GET /v1/responses/{id}`.
    package struct Retrieval: Sendable {
        package var isStream: Bool
        /// The number of the last event that the client has received; nil if it has received no event.
        package var startingAfter: Int?
        package var isPadded: Bool

        package init(_ query: QueryItems) throws(APIError) {
            try ConversationObjects.checkInclude(query)
            isStream = try query.boolean("stream") ?? false
            startingAfter = try query.integer("starting_after")
            isPadded = try query.boolean("include_obfuscation") ?? true
        }
    }

    /// How long the events of a response are available.
    package static let streamable = Duration.seconds(300)

    package static func notStreamable(_ record: ResponsesRecord, age: Duration) -> APIError? {
        let reason: String? =
            if !record.isBackground {
                "This response cannot be streamed because it was not created with background=true."
            } else if !record.isStream {
                "This response cannot be streamed because it was not created with stream=true."
            } else if age > streamable {
                "This response can no longer be streamed because it is more than 5 minutes old"
            } else {
                nil
            }
        return reason.map { APIError(message: $0, param: "stream") }
    }

    package static func stream(_ events: [Event], context: AnswerInput, ids: inout IDMint) -> Answer {
        let headers = StandardHeaders.fields(
            contentType: "text/event-stream; charset=utf-8", context: context, ids: &ids, rateLimits: nil)
        return Answer(status: 200, headers: headers, body: .events(events))
    }

    package static func notFound(_ id: String) -> APIError { ResponsesErrors.stateNotFound("Response", id) }
}
