package import SparringJSON
package import SparringWire

/// `POST /v1/responses/compact`: keeps the user's messages and replaces everything else by one opaque item.
///
/// Source: https://platform.openai.com/docs/api-reference/responses/compact and recordings of its answers
/// (docs/measurements/fidelity.md).
package enum ResponsesCompaction {
    private static let names = [
        "model", "input", "previous_response_id", "instructions", "prompt_cache_key", "prompt_cache_options",
        "prompt_cache_retention", "service_tier", "image",
    ]

    /// - Parameter keepsMessages: false returns only the opaque item, the only type in the official Python package.
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
        // The content is opaque to clients, so only its size has to be plausible.
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
