package import SparringJSON

extension ResponsesRequest: CheckedCall {
    package static func check(
        _ endpoint: Endpoint, _ body: JSONValue, models: ModelTable, memory: ResponsesMemory
    ) throws(APIError) -> ResponsesRequest {
        try check(body, models: models, memory: memory)
    }

    /// The request in a form that only prepares its response, which then has no output (`generate: false` on a
    /// WebSocket).
    package var withoutOutput: ResponsesRequest {
        var request = self
        request.prewarms = true
        return request
    }

    package static var speaks: Bool { true }
    package var content: Content? { AutoContent.content(for: self) }
    package var obstacle: String? { nil }
    package var asDocumented: (any CheckedCall)? { nil }

    package func objection(to content: Content?, reasoning: Int, ending: ResponsesEnding?) -> String? {
        Self.objection(toReasoning: reasoning)
    }

    package static func exampleModel(for endpoint: Endpoint) -> String { "gpt-4o-mini" }

    package static func admitted(_ id: String, to endpoint: Endpoint, from models: ModelTable) -> ModelInfo {
        models.chatModel(id)
    }
}
