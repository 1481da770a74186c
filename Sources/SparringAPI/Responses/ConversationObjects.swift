package import SparringJSON
package import SparringWire

/// The operations on conversations: checks and answers.
///
/// Source: https://platform.openai.com/docs/api-reference/conversations and recordings of its answers
/// (docs/measurements/fidelity.md).
package enum ConversationObjects {
    /// The maximum number of items in one request.
    private static let maximumItems = 20

    private static let creation = ParameterTable(
        besides: [], [Parameter("items", .special(checkItems)), Parameter("metadata", .metadata)])
    private static let update = ParameterTable(besides: [], [Parameter("metadata", .metadata)])
    private static let addition = ParameterTable(besides: [], [Parameter("items", .special(checkItems))])

    /// - Parameter body: the parsed body; nil or empty for an empty conversation.
    package static func checkCreation(
        _ body: JSONValue?, hasBody: Bool
    ) throws(APIError) -> (metadata: JSONValue, items: [JSONValue]) {
        guard hasBody else { return ([:], []) }
        let object = try checked(body, creation)
        return (object["metadata"]?.unlessNull ?? [:], object["items"]?.array ?? [])
    }

    package static func checkUpdate(_ body: JSONValue?) throws(APIError) -> JSONValue {
        let object = try checked(body, update)
        guard let metadata = object["metadata"] else { throw .missing("metadata") }
        return metadata.unlessNull ?? [:]
    }

    package static func checkAddition(_ body: JSONValue?) throws(APIError) -> [JSONValue] {
        let object = try checked(body, addition)
        guard let items = object["items"]?.unlessNull else { throw .missing("items") }
        return items.array ?? []
    }

    private static func checked(_ body: JSONValue?, _ table: ParameterTable) throws(APIError) -> JSONObject {
        guard let object = body?.object else { throw .unparsable }
        try table.checkNames(of: object)
        for (parameter, value) in table.given(in: object) { try parameter.shape.check(value, at: parameter.name) }
        return object
    }

    @Sendable private static func checkItems(_ value: JSONValue, _ path: String) throws(APIError) {
        guard let items = value.array else {
            throw .invalidType(path, expected: "an array of input items", got: value)
        }
        if items.count > maximumItems { throw .arrayTooLong(path, maximum: maximumItems, got: items.count) }
        _ = try ResponsesInput(checking: value, at: path)
    }

    package static func checkInclude(_ query: QueryItems) throws(APIError) {
        for (index, name) in query.elements(of: "include").enumerated()
        where !ResponsesParameters.includes.contains(name) {
            throw .invalidValue("include[\(index)]", name, supported: ResponsesParameters.includes)
        }
    }

    package static func notFound(_ id: String) -> APIError { ResponsesErrors.stateNotFound("Conversation", id) }

    package static func itemNotFound(_ id: String) -> APIError { ResponsesErrors.stateNotFound("Item", id) }

    // MARK: Answering

    package static func conversation(
        _ id: String, created: Int, metadata: JSONValue, context: AnswerInput, ids: inout IDMint
    ) -> Answer {
        ResponsesObjects.answer(
            ["id": .string(id), "object": "conversation", "created_at": .int(created), "metadata": metadata],
            context: context, ids: &ids)
    }

    package static func deleted(_ id: String, context: AnswerInput, ids: inout IDMint) -> Answer {
        ResponsesObjects.answer(
            ["id": .string(id), "object": "conversation.deleted", "deleted": true], context: context, ids: &ids)
    }

    package static func item(_ value: JSONValue, context: AnswerInput, ids: inout IDMint) -> Answer {
        ResponsesObjects.answer(value, context: context, ids: &ids)
    }
}
