package import SparringJSON

extension ChatRequest: CheckedCall {
    package static func check(
        _ endpoint: Endpoint, _ body: JSONValue, models: ModelTable, memory: ResponsesMemory
    ) throws(APIError) -> ChatRequest {
        try check(body, models: models)
    }

    package static var speaks: Bool { true }
    package var content: Content? { AutoContent.content(for: self) }
    package var obstacle: String? { AutoContent.obstacle(for: self) }
    package var asDocumented: (any CheckedCall)? { nil }

    package func objection(to content: Content?, reasoning: Int, ending: ResponsesEnding?) -> String? {
        if case .failed? = ending { return "a chat completion cannot fail after its start; use `error` in the step" }
        guard case .toolCalls(let calls, _)? = content, tools.isLegacy, calls.count > 1 else { return nil }
        return "`functions` allow one call at a time, but the step calls \(calls.count)"
    }

    package static func exampleModel(for endpoint: Endpoint) -> String { "gpt-4o-mini" }

    package static func admitted(_ id: String, to endpoint: Endpoint, from models: ModelTable) -> ModelInfo {
        models.chatModel(id)
    }
}
