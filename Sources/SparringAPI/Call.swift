package import SparringJSON
package import SparringWire

/// A checked request to a model.
package enum Call: Sendable {
    case chat(ChatRequest)
    case responses(ResponsesRequest)
    case embeddings(EmbeddingsRequest)

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
        }
    }

    /// Of the model: what limits count by.
    package var family: String {
        switch self {
        case .chat(let request): request.model.family
        case .responses(let request): request.model.family
        case .embeddings(let request): request.model.family
        }
    }

    package var digest: CallDigest {
        switch self {
        case .chat(let request): request.digest
        case .responses(let request): request.digest
        case .embeddings(let request): request.digest
        }
    }

    package var promptTokens: Int {
        switch self {
        case .chat(let request): request.promptTokens
        case .responses(let request): request.promptTokens
        case .embeddings(let request): request.promptTokens
        }
    }

    /// What the account is charged before the model says a word.
    package var estimatedTokens: Int {
        switch self {
        case .chat(let request): request.estimatedTokens
        case .responses(let request): request.estimatedTokens
        case .embeddings(let request): request.estimatedTokens
        }
    }
}
