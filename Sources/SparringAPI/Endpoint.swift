/// The operations that have an emulation. The raw value is the name in scenarios (`endpoint: chat.completions`).
package enum Endpoint: String, Sendable, Hashable, CaseIterable {
    case chatCompletions = "chat.completions"
    case responses
    case embeddings
    case models
    case model = "models.retrieve"
}
