package import SparringJSON
package import SparringWire

/// A checked request of one endpoint.
package enum Call: Sendable {
    case chat(ChatRequest)
    case responses(ResponsesRequest)
    case embeddings(EmbeddingsRequest)
    case models
    case model(String)

    /// - Parameters:
    ///   - model: from the path, where the endpoint has one there.
    ///   - body: nil where what came is not JSON.
    package static func check(
        _ endpoint: Endpoint, model: String?, body: JSONValue?, models: ModelTable
    ) throws(APIError) -> Call {
        switch endpoint {
        case .models: return .models
        case .model: return .model(model ?? "")
        case .chatCompletions, .responses, .embeddings: break
        }
        guard let body, body.object != nil else { throw .unparsable }
        switch endpoint {
        case .responses: return .responses(try ResponsesRequest.check(body, models: models))
        case .embeddings: return .embeddings(try EmbeddingsRequest.check(body, models: models))
        default: return .chat(try ChatRequest.check(body, models: models))
        }
    }

    /// - Parameter content: what the model says; nil for endpoints that say nothing.
    package func answer(saying content: Content?, context: inout AnswerContext, models: ModelTable) -> Answer {
        switch self {
        case .chat(let request): return request.answer(saying: content ?? .text(""), context: &context)
        case .responses(let request): return request.answer(saying: content ?? .text(""), context: &context)
        case .embeddings(let request): return request.answer(context: &context)
        case .models: return ModelsAnswer.list(models, context: &context)
        case .model(let id):
            do throws(APIError) {
                return try ModelsAnswer.retrieve(id, models: models, context: &context)
            } catch {
                return error.answer(context: &context)
            }
        }
    }

    package var digest: CallDigest {
        switch self {
        case .chat(let request): request.digest
        case .responses(let request): request.digest
        case .embeddings(let request): request.digest
        case .models, .model: CallDigest()
        }
    }

    package var promptTokens: Int {
        switch self {
        case .chat(let request): request.promptTokens
        case .responses(let request): request.promptTokens
        case .embeddings(let request): request.promptTokens
        case .models, .model: 0
        }
    }

    /// What the account is charged before the model says a word.
    package var estimatedTokens: Int {
        switch self {
        case .chat(let request): request.estimatedTokens
        case .responses(let request): request.estimatedTokens
        case .embeddings(let request): request.estimatedTokens
        case .models, .model: 0
        }
    }
}
