/// The operations that have an emulation. The raw value is the name in scenarios (`endpoint: chat.completions`).
package enum Endpoint: String, Sendable, Hashable, CaseIterable {
    case chatCompletions = "chat.completions"
    case responses
    case embeddings
    case models
    case model = "models.retrieve"
    case modelDeletion = "models.delete"
}

extension Endpoint {
    /// What an operation is about.
    package enum Kind: Sendable, Hashable {
        /// A model is asked: accounts are charged, and every rule of a scenario may answer.
        case model
        /// Objects are read or changed: what a session holds answers, unless a rule names the endpoint.
        case object
        /// Reads what never changes. No script advances, and nobody counts it as a call.
        case catalogue
    }

    /// Where the operation is found, as the API reference writes it.
    ///
    /// Source: https://platform.openai.com/docs/api-reference and the official OpenAPI document.
    package var operation: (kind: Kind, method: String, path: String) {
        switch self {
        case .chatCompletions: (.model, "POST", "/v1/chat/completions")
        case .responses: (.model, "POST", "/v1/responses")
        case .embeddings: (.model, "POST", "/v1/embeddings")
        case .models: (.catalogue, "GET", "/v1/models")
        case .model: (.catalogue, "GET", "/v1/models/{model}")
        case .modelDeletion: (.object, "DELETE", "/v1/models/{model}")
        }
    }

    package var kind: Kind { operation.kind }
}
