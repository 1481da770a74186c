package import SparringJSON
package import SparringWire

/// `POST /v1/responses/compact`: the user's messages stay, everything else becomes one opaque item.
///
/// Source: https://platform.openai.com/docs/api-reference/responses/compact and recordings of its answers (docs/fidelity.md).
package enum ResponsesCompaction {
    private static let names = [
        "model", "input", "previous_response_id", "instructions", "prompt_cache_key", "prompt_cache_options",
        "prompt_cache_retention", "service_tier", "image",
    ]

    /// - Parameter keepsMessages: false gives the opaque item alone: the types of the official Python package know no other.
    package static func answer(
        _ body: JSONValue, models: ModelTable, memory: ResponsesMemory, keepsMessages: Bool = true,
        context: AnswerInput, ids: inout IDMint
    ) throws(APIError) -> Answer {
        for name in body.object?.names ?? [] where !names.contains(name) {
            throw .unknownParameter(name, known: names.filter { body[$0] == nil })
        }
        let request = try ResponsesRequest.check(body, models: models, memory: memory)
        let id = ids.hex("resp_", count: 50)
        var items = StoredItems.normalised(memory.history + request.inputValues, ids: &ids)
            .map(\.value).filter { keepsMessages && $0["type"] == "message" && $0["role"] == "user" }
        // Opaque to clients: nobody can tell what is in it, so that its size is all that has to be likely.
        let summary = ids.base62("gAAAAAB", count: 4 * max(30, min(request.promptTokens, 2000)))
        items.append([
            "id": .string(ids.hex("cmp_", count: 50)), "type": "compaction",
            "encrypted_content": .string(summary),
        ])
        let output = max(1, min(request.promptTokens, 2000))
        return ResponsesObjects.answer(
            [
                "id": .string(id), "object": "response.compaction", "created_at": .int(context.created),
                "output": .array(items), "usage": ResponsesUsage(input: request.promptTokens, output: output).json,
            ],
            context: context, ids: &ids)
    }
}
