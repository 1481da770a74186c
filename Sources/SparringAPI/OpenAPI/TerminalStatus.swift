import SparringJSON

extension SchemaInstance {
    /// The statuses that end a client's polling well, the best first. Without a script no later answer has another status:
    /// `create_and_poll` would never end.
    private static let settled = [
        "completed", "succeeded", "processed", "passed", "ready", "active", "enabled", "approved", "available", "idle",
        "validated", "verified", "ended", "closed",
    ]

    /// The value of a status: one that ends a client's polling, or else the first.
    static func settled(_ values: [JSONValue]) -> JSONValue? {
        settled.lazy.map { JSONValue.string($0) }.first(where: values.contains) ?? values.first
    }
}
