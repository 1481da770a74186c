package import SparringJSON

/// `POST /v1/responses/input_tokens`: counts the input of a request without answering it.
///
/// Source: https://platform.openai.com/docs/api-reference/responses/input-tokens
package enum ResponsesInputTokens {
    private static let names = [
        "model", "input", "previous_response_id", "tools", "text", "reasoning", "truncation", "instructions",
        "conversation", "tool_choice", "parallel_tool_calls", "personality",
    ]

    package static func count(
        _ body: JSONValue, models: ModelTable, memory: ResponsesMemory
    ) throws(APIError) -> Int {
        for name in body.object?.names ?? [] where !names.contains(name) {
            throw .unknownParameter(name, known: names.filter { body[$0] == nil })
        }
        return try ResponsesRequest.check(body, models: models, memory: memory).promptTokens
    }
}
