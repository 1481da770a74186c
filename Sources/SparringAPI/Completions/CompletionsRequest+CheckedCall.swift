package import SparringJSON

extension CompletionsRequest: CheckedCall {
    package static func check(
        _ endpoint: Endpoint, _ body: JSONValue, models: ModelTable, memory: ResponsesMemory
    ) throws(APIError) -> CompletionsRequest {
        try check(body, models: models)
    }

    package static var speaks: Bool { true }
    /// This is nil, because the answer continues each prompt with its own text.
    package var content: Content? { nil }
    package var obstacle: String? { nil }

    /// The document requires log probabilities for every token.
    package var asDocumented: (any CheckedCall)? {
        var request = self
        request.startsWithoutLogprob = false
        return request
    }

    package func objection(to content: Content?, reasoning: Int, ending: ResponsesEnding?) -> String? {
        switch content {
        case .toolCalls: "the step scripts tool calls, but a legacy completion is text"
        case .refusal: "the step scripts a refusal, but a legacy completion is text"
        case .text, nil: Self.objection(toReasoning: reasoning)
        }
    }

    package func render(saying content: Content?, context: AnswerInput, ids: inout IDMint) -> Rendered {
        Rendered(answer(saying: content, context: context, ids: &ids))
    }

    package static func exampleModel(for endpoint: Endpoint) -> String { "gpt-3.5-turbo-instruct" }

    package static func admitted(_ id: String, to endpoint: Endpoint, from models: ModelTable) -> ModelInfo {
        if let known = models.opened(id), case .completion = known.kind { return known }
        return ModelInfo(
            id: id, kind: .completion(takesSuffix: true), contextWindow: 128_000, maximumOutput: 16_384)
    }
}
