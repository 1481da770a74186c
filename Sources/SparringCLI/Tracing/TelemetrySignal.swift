/// The kind of data that a program sends to a receiver of OpenTelemetry.
enum TelemetrySignal: String, CaseIterable {
    case traces
    case metrics

    /// The part of the names of variables that concern this signal alone: `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`.
    var word: String { rawValue.uppercased() }

    /// The path at which the receiver accepts the signal.
    ///
    /// Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp-request
    var path: String { "/v1/\(rawValue)" }

    /// The items that the signal consists of, in the words of messages.
    var items: String {
        switch self {
        case .traces: "spans"
        case .metrics: "data points"
        }
    }

    /// The field of an answer with the number of items that the receiver did not accept.
    var rejected: String {
        switch self {
        case .traces: "rejectedSpans"
        case .metrics: "rejectedDataPoints"
        }
    }
}
