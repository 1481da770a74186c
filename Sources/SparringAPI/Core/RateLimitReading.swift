/// The six `x-ratelimit-*` headers.
package struct RateLimitReading: Sendable, Hashable {
    package struct Bucket: Sendable, Hashable {
        package var limit: Int
        package var remaining: Int
        /// Time until the limit is fully restored.
        package var reset: Duration

        package init(limit: Int, remaining: Int, reset: Duration) {
            self.limit = limit
            self.remaining = remaining
            self.reset = reset
        }
    }

    package var requests: Bucket
    package var tokens: Bucket

    package init(requests: Bucket, tokens: Bucket) {
        self.requests = requests
        self.tokens = tokens
    }
}
