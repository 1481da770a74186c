package import SparringJSON

extension ModerationsRequest: CheckedCall {
    package static func check(
        _ endpoint: Endpoint, _ body: JSONValue, models: ModelTable, memory: ResponsesMemory
    ) throws(APIError) -> ModerationsRequest {
        try check(body, models: models)
    }

    package static var speaks: Bool { false }
    package var content: Content? { nil }
    package var obstacle: String? { nil }
    package var asDocumented: (any CheckedCall)? { nil }

    package func objection(to content: Content?, reasoning: Int, ending: ResponsesEnding?) -> String? {
        Self.objection(toReasoning: reasoning)
    }

    package func render(saying content: Content?, context: AnswerInput, ids: inout IDMint) -> Rendered {
        Rendered(answer(context: context, ids: &ids))
    }

    /// In `examples` mode, this endpoint accepts any model name.
    package static func exampleModel(for endpoint: Endpoint) -> String { "gpt-4o-mini" }

    package static func admitted(_ id: String, to endpoint: Endpoint, from models: ModelTable) -> ModelInfo {
        if let known = models.opened(id), case .moderation = known.kind { return known }
        return ModelInfo(
            id: id, kind: .moderation(readsImages: true), contextWindow: 128_000, maximumOutput: 16_384)
    }
}
