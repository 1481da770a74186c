package import SparringJSON

extension EmbeddingsRequest: CheckedCall {
    package static func check(
        _ endpoint: Endpoint, _ body: JSONValue, models: ModelTable, memory: ResponsesMemory
    ) throws(APIError) -> EmbeddingsRequest {
        try check(body, models: models)
    }

    package static var speaks: Bool { false }
    package var content: Content? { nil }
    package var obstacle: String? { nil }

    /// In the OpenAPI document, a vector is always a list of numbers.
    package var asDocumented: (any CheckedCall)? {
        var request = self
        request.isBase64 = false
        return request
    }

    package func objection(to content: Content?, reasoning: Int, ending: ResponsesEnding?) -> String? {
        Self.objection(toReasoning: reasoning)
    }

    package func render(saying content: Content?, context: AnswerInput, ids: inout IDMint) -> Rendered {
        Rendered(answer(context: context, ids: &ids))
    }

    package static func exampleModel(for endpoint: Endpoint) -> String { "text-embedding-3-small" }

    package static func admitted(_ id: String, to endpoint: Endpoint, from models: ModelTable) -> ModelInfo {
        if let known = models.opened(id), case .embedding = known.kind { return known }
        return ModelInfo(
            id: id, kind: .embedding(dimensions: 1536, isShortenable: true), contextWindow: 8192, maximumOutput: 0)
    }
}
