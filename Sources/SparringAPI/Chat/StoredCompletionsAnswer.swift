package import SparringJSON
package import SparringWire

/// The answers about stored chat completions, and their errors.
///
/// Source: https://platform.openai.com/docs/api-reference/chat; `notFound` is worded like the measured errors of
/// conversations and prompts.
package enum StoredCompletionsAnswer {
    package static func one(_ completion: StoredCompletion, context: AnswerInput, ids: inout IDMint) -> Answer {
        answer(context: context, ids: &ids) { $0.value(.object(completion.object)) }
    }

    package static func list(_ page: ListPage<StoredCompletion>, context: AnswerInput, ids: inout IDMint) -> Answer {
        answer(context: context, ids: &ids) { page.write(to: &$0) { $1.value(.object($0.object)) } }
    }

    package static func messages(_ page: ListPage<JSONValue>, context: AnswerInput, ids: inout IDMint) -> Answer {
        answer(context: context, ids: &ids) { page.write(to: &$0) { $1.value($0) } }
    }

    package static func deleted(_ id: String, context: AnswerInput, ids: inout IDMint) -> Answer {
        answer(context: context, ids: &ids) { writer in
            writer.object { writer in
                writer.member("object", "chat.completion.deleted")
                writer.member("id", id)
                writer.member("deleted", true)
            }
        }
    }

    package static func notFound(_ id: String) -> APIError {
        APIError(status: 404, message: "Chat completion with id '\(id)' not found.")
    }

    /// The metadata of an update; other members are rejected.
    package static func metadata(_ body: JSONValue?) throws(APIError) -> JSONValue {
        guard let object = body?.object else { throw .unparsable }
        let table = ParameterTable(besides: [], [Parameter("metadata", .metadata)])
        guard let metadata = object["metadata"] else { throw .missing("metadata") }
        try table.checkNames(of: object)
        for (parameter, value) in table.given(in: object) { try parameter.shape.check(value, at: parameter.name) }
        return metadata
    }

    private static func answer(context: AnswerInput, ids: inout IDMint, _ content: (inout JSONWriter) -> Void) -> Answer
    {
        let headers = StandardHeaders.fields(
            contentType: "application/json", context: context, ids: &ids, rateLimits: nil)
        var writer = JSONWriter(style: .pretty, reserving: 4096)
        content(&writer)
        writer.raw("\n")
        return Answer(status: 200, headers: headers, body: .whole(writer.bytes))
    }
}
