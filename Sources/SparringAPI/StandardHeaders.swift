package import SparringWire

/// The header fields that the API sends with every answer, in recorded order.
package enum StandardHeaders {
    /// - Parameters:
    ///   - contentType: the full value.
    ///   - rateLimits: nil where the endpoint or error sends none.
    package static func fields(
        contentType: String, context: inout AnswerContext, rateLimits: RateLimitReading?, model: String? = nil
    ) -> HeaderFields {
        [
            "content-type": contentType,
            "x-request-id": context.ids.hex("req_", count: 32),
        ]
    }
}
