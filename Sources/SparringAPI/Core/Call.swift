package import SparringJSON
package import SparringWire

/// A checked request to a model. Shared or boxed, as it is handed through the engine: a copy is one reference count, not thirty.
package enum Call: Sendable {
    case chat(ChatRequest)
    indirect case responses(ResponsesRequest)
    indirect case embeddings(EmbeddingsRequest)
    indirect case completions(CompletionsRequest)
    indirect case moderations(ModerationsRequest)
    indirect case transcription(TranscriptionRequest)
    indirect case speech(SpeechRequest)

    /// - Parameters:
    ///   - endpoint: of the kind `model`.
    ///   - body: nil where what came is not JSON.
    ///   - memory: what the session holds of what the body asks for.
    package static func check(
        _ endpoint: Endpoint, body: JSONValue?, models: ModelTable, memory: ResponsesMemory = ResponsesMemory()
    ) throws(APIError) -> Call {
        guard let body, body.object != nil else { throw .unparsable }
        switch endpoint {
        case .responses: return .responses(try ResponsesRequest.check(body, models: models, memory: memory))
        case .embeddings: return .embeddings(try EmbeddingsRequest.check(body, models: models))
        case .completions: return .completions(try CompletionsRequest.check(body, models: models))
        case .moderations: return .moderations(try ModerationsRequest.check(body, models: models))
        case .speech: return .speech(try SpeechRequest.check(body, models: models))
        case .transcriptions:
            return .transcription(try TranscriptionRequest.check(body, task: .transcribe, models: models))
        case .translations:
            return .transcription(try TranscriptionRequest.check(body, task: .translate, models: models))
        default: return .chat(try ChatRequest.check(body, models: models))
        }
    }

    /// - Parameter content: what the model says; nil for endpoints that say nothing.
    package func answer(saying content: Content?, context: inout AnswerContext, models: ModelTable) -> Answer {
        guard context.meaning != nil, var said = content else { return write(content, &context) }
        let struck = context.meaning?.apply(to: &said, ending: &context.ending) ?? []
        var answer = write(said, &context)
        answer.faults += struck
        return answer
    }

    private func write(_ content: Content?, _ context: inout AnswerContext) -> Answer {
        switch self {
        case .chat(let request): return request.answer(saying: content ?? .text(""), context: &context)
        case .responses(let request): return request.answer(saying: content ?? .text(""), context: &context)
        case .embeddings(let request): return request.answer(context: &context)
        case .completions(let request): return request.answer(saying: content, context: &context)
        case .moderations(let request): return request.answer(context: &context)
        case .transcription(let request): return request.answer(saying: content, context: &context)
        case .speech(let request): return request.answer(context: &context)
        }
    }

    /// The call with an answer in the shape that the official OpenAPI document gives it, where the API itself departs from that: vectors
    /// are numbers there, and every token has a probability.
    package var asDocumented: Call {
        switch self {
        case .embeddings(var request):
            request.isBase64 = false
            return .embeddings(request)
        case .completions(var request):
            request.startsWithoutLogprob = false
            return .completions(request)
        default: return self
        }
    }

    /// Why the API could not answer this request so, where it could not.
    package func objection(to content: Content?, reasoning: Int, ending: ResponsesEnding?) -> String? {
        if case .completions = self {
            switch content {
            case .toolCalls: return "the step scripts tool calls, and a legacy completion is text"
            case .refusal: return "the step scripts a refusal, and a legacy completion is text"
            case .text, nil: break
            }
        }
        if let objection = soundObjection(to: content, reasoning: reasoning, ending: ending) { return objection }
        guard case .chat(let request) = self else {
            return reasoning == 0 ? nil : "`reasoning` is counted for chat completions; a response has reasoning items"
        }
        if case .failed? = ending { return "a chat completion does not fail once it has begun; script an `error`" }
        guard case .toolCalls(let calls, _)? = content, request.tools.isLegacy, calls.count > 1 else { return nil }
        return "the request offers `functions`, of which one is called at a time, and the step calls \(calls.count)"
    }

    private func soundObjection(to content: Content?, reasoning: Int, ending: ResponsesEnding?) -> String? {
        switch self {
        case .speech where content != nil:
            return "speech is the request's own input, read aloud; a step can say `auto`, `error` or `raw`"
        case .transcription:
            if case .toolCalls? = content { return "the step scripts tool calls, and a transcript is text" }
            if case .refusal? = content { return "the step scripts a refusal, and a transcript is text" }
        case .speech: break
        default: return nil
        }
        if ending != nil { return "the step says how an answer ends, and what is about sound always ends well" }
        return reasoning == 0 ? nil : "the step counts `reasoning`, and nobody thinks about sound"
    }

    /// Of the model: what limits count by.
    package var family: String {
        switch self {
        case .chat(let request): request.model.family
        case .responses(let request): request.model.family
        case .embeddings(let request): request.model.family
        case .completions(let request): request.model.family
        case .moderations(let request): request.model.family
        case .transcription(let request): request.model.family
        case .speech(let request): request.model.family
        }
    }

    package var digest: CallDigest {
        switch self {
        case .chat(let request): request.digest
        case .responses(let request): request.digest
        case .embeddings(let request): request.digest
        case .completions(let request): request.digest
        case .moderations(let request): request.digest
        case .transcription(let request): request.digest
        case .speech(let request): request.digest
        }
    }

    package var promptTokens: Int {
        switch self {
        case .chat(let request): request.promptTokens
        case .responses(let request): request.promptTokens
        case .embeddings(let request): request.promptTokens
        case .completions(let request): request.promptTokens
        case .moderations(let request): request.promptTokens
        case .transcription(let request): request.promptTokens
        case .speech(let request): request.promptTokens
        }
    }

    /// What the account is charged before the model says a word.
    package var estimatedTokens: Int {
        switch self {
        case .chat(let request): request.estimatedTokens
        case .responses(let request): request.estimatedTokens
        case .embeddings(let request): request.estimatedTokens
        case .completions(let request): request.estimatedTokens
        case .moderations(let request): request.estimatedTokens
        case .transcription(let request): request.estimatedTokens
        case .speech(let request): request.estimatedTokens
        }
    }
}
