package struct ResponsesRequest: Sendable {}
