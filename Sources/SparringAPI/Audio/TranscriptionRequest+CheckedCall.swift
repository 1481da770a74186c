package import SparringJSON

extension TranscriptionRequest: CheckedCall {
    package static func check(
        _ endpoint: Endpoint, _ body: JSONValue, models: ModelTable, memory: ResponsesMemory
    ) throws(APIError) -> TranscriptionRequest {
        try check(body, task: endpoint == .translations ? .translate : .transcribe, models: models)
    }

    package static var speaks: Bool { true }
    package var content: Content? { .text(heard) }
    package var obstacle: String? { nil }
    package var asDocumented: (any CheckedCall)? { nil }

    package func objection(to content: Content?, reasoning: Int, ending: ResponsesEnding?) -> String? {
        switch content {
        case .toolCalls: "the step scripts tool calls, but a transcript is text"
        case .refusal: "the step scripts a refusal, but a transcript is text"
        case .text, nil: SpeechRequest.objection(toReasoning: reasoning, ending: ending)
        }
    }

    package func render(saying content: Content?, context: AnswerInput, ids: inout IDMint) -> Rendered {
        Rendered(answer(saying: content, context: context, ids: &ids))
    }

    package static func exampleModel(for endpoint: Endpoint) -> String {
        endpoint == .translations ? "whisper-1" : "gpt-4o-transcribe"
    }

    /// Translation models have the traits of Whisper, whatever their names are.
    package static func admitted(_ id: String, to endpoint: Endpoint, from models: ModelTable) -> ModelInfo {
        if endpoint != .translations, let known = models.opened(id), known.kind == .transcription { return known }
        return models.opened(exampleModel(for: endpoint))?.renamed(id)
            ?? ModelInfo(id: id, kind: .transcription, contextWindow: 16_000, maximumOutput: 2_000)
    }
}
