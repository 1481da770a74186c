package struct EmbeddingsRequest: Sendable {}
