package import SparringWire

extension StandardHeaders {
    /// The six rate-limit fields.
    package static func fields(_ reading: RateLimitReading) -> HeaderFields {
        var fields = HeaderFields()
        append(reading, to: &fields)
        return fields
    }

    static func append(_ reading: RateLimitReading, to fields: inout HeaderFields) {
        fields.append("x-ratelimit-limit-requests", String(reading.requests.limit))
        fields.append("x-ratelimit-limit-tokens", String(reading.tokens.limit))
        fields.append("x-ratelimit-remaining-requests", String(reading.requests.remaining))
        fields.append("x-ratelimit-remaining-tokens", String(reading.tokens.remaining))
        fields.append("x-ratelimit-reset-requests", GoDuration.text(reading.requests.reset))
        fields.append("x-ratelimit-reset-tokens", GoDuration.text(reading.tokens.reset))
    }
}
