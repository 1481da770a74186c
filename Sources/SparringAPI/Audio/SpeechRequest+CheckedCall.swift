package import SparringJSON

extension SpeechRequest: CheckedCall {
    package static func check(
        _ endpoint: Endpoint, _ body: JSONValue, models: ModelTable, memory: ResponsesMemory
    ) throws(APIError) -> SpeechRequest {
        try check(body, models: models)
    }

    package static var speaks: Bool { true }
    package var content: Content? { nil }
    package var obstacle: String? { nil }
    package var asDocumented: (any CheckedCall)? { nil }

    package func objection(to content: Content?, reasoning: Int, ending: ResponsesEnding?) -> String? {
        guard content == nil else {
            return "a speech answer reads the request's input aloud; use `auto`, `error` or `raw` in the step"
        }
        return Self.objection(toReasoning: reasoning, ending: ending)
    }

    /// The checks that all audio calls share.
    static func objection(toReasoning reasoning: Int, ending: ResponsesEnding?) -> String? {
        if ending != nil { return "the step sets how an answer ends, but audio answers always complete" }
        return reasoning == 0 ? nil : "the step sets `reasoning`, but audio answers have none"
    }

    package func render(saying content: Content?, context: AnswerInput, ids: inout IDMint) -> Rendered {
        Rendered(answer(context: context, ids: &ids))
    }

    package static func exampleModel(for endpoint: Endpoint) -> String { "gpt-4o-mini-tts" }

    package static func admitted(_ id: String, to endpoint: Endpoint, from models: ModelTable) -> ModelInfo {
        if let known = models.opened(id), known.kind == .speech { return known }
        return ModelInfo(id: id, kind: .speech, contextWindow: 2_000, maximumOutput: 0)
    }
}
