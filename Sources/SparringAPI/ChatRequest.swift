package struct ChatRequest: Sendable {}
