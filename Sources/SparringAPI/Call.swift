/// A checked request of one endpoint.
package enum Call: Sendable {
    case chat(ChatRequest)
    case responses(ResponsesRequest)
    case embeddings(EmbeddingsRequest)
    case models
    case model(String)
}
