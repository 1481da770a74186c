import SparringJSON

extension SchemaInstance {
    /// The statuses that end a client's polling with success, the best first. Without a script, all later answers have
    /// the same status, so with any other status `create_and_poll` would never return.
    private static let settled = [
        "completed", "succeeded", "processed", "passed", "ready", "active", "enabled", "approved", "available", "idle",
        "validated", "verified", "ended", "closed",
    ]

    /// The value of a status: a value that ends a client's polling, or else the first value.
    static func settled(_ values: [JSONValue]) -> JSONValue? {
        settled.lazy.map { JSONValue.string($0) }.first(where: values.contains) ?? values.first
    }
}
