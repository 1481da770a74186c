package import SparringJSON

extension ImageRequest: CheckedCall {
    package static func check(
        _ endpoint: Endpoint, _ body: JSONValue, models: ModelTable, memory: ResponsesMemory
    ) throws(APIError) -> ImageRequest {
        let task: Task =
            switch endpoint {
            case .imageEdits: .edit
            case .imageVariations: .vary
            default: .generate
            }
        return try check(body, task: task, models: models)
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

    package static func exampleModel(for endpoint: Endpoint) -> String {
        endpoint == .imageVariations ? variationModel : standardModel
    }

    package static func admitted(_ id: String, to endpoint: Endpoint, from models: ModelTable) -> ModelInfo {
        if let known = models.opened(id), known.kind == .image { return known }
        return ModelInfo(id: id, kind: .image, contextWindow: 32_000, maximumOutput: 0)
    }
}
