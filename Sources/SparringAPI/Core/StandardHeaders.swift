package import SparringTokens
package import SparringWire

/// The header fields that the API sends with every answer, in recorded order.
///
/// Fields of the network in front of the API (`server`, `cf-ray`, `set-cookie`, `alt-svc`) are left out, because
/// Sparring is not a CDN.
package enum StandardHeaders {
    /// - Parameters:
    ///   - contentType: the full value.
    ///   - rateLimits: the limits to report; nil if the endpoint or error reports none.
    ///   - model: the model's name, for endpoints that send `openai-model`.
    ///   - counter: the counter of the answer's tokens; Sparring's own header field says whether the count is exact.
    package static func fields(
        contentType: String, context: AnswerInput, ids: inout IDMint, rateLimits: RateLimitReading?,
        model: String? = nil,
        counter: TokenCounter? = nil
    ) -> HeaderFields {
        var fields = HeaderFields()
        fields.fields.reserveCapacity(19)
        fields.append("content-type", contentType)
        fields.append("access-control-allow-origin", "*")
        // Recorded: responses and conversations send this field since June 2026.
        fields.append("access-control-expose-headers", "X-Request-ID")
        if let model { fields.append("openai-model", model) }
        fields.append("openai-organization", context.organization)
        fields.append("openai-processing-ms", String(context.processingMilliseconds))
        fields.append("openai-project", context.project)
        fields.append("openai-version", "2020-10-01")
        fields.append("strict-transport-security", "max-age=31536000; includeSubDomains; preload")
        fields.append("x-content-type-options", "nosniff")
        if context.passesProxy { fields.append("x-openai-proxy-wasm", "v0.1") }
        if let rateLimits { append(rateLimits, to: &fields) }
        fields.append("x-request-id", ids.hex("req_", count: 32))
        if let counter { fields.append("x-sparring-tokens", counter.isExact ? "exact" : "estimated") }
        return fields
    }

    /// The fields of the routing layer, which reports no processing time.
    static func routing(contentType: String, context: AnswerInput, ids: inout IDMint) -> HeaderFields {
        [
            "content-type": contentType, "access-control-allow-origin": "*", "vary": "Origin",
            "openai-organization": context.organization,
            "strict-transport-security": "max-age=31536000; includeSubDomains; preload",
            "x-content-type-options": "nosniff", "x-request-id": ids.hex("req_", count: 32),
        ]
    }
}
