/// A span of a trace, in the terms of OpenTelemetry. Times are nanoseconds since 1970.
///
/// Source: https://opentelemetry.io/docs/specs/otel/trace/api/
package struct Span: Sendable {
    package enum Value: Sendable, Hashable {
        case string(String)
        case int(Int)
        case double(Double)
        case bool(Bool)
        case strings([String])
    }

    package typealias Attribute = (name: String, value: Value)

    package struct Event: Sendable {
        package var name: String
        package var at: Int64
        package var attributes: [Attribute]
    }

    package var traceID: String
    package var spanID: String
    /// The parent; nil for a request that belongs to no trace, whose span starts a new trace.
    package var parent: TraceParent?
    package var name: String
    package var start: Int64
    package var end: Int64
    package var attributes: [Attribute]
    package var events: [Event]
    /// The reason why the server failed, in words; nil leaves the status unset.
    package var failure: String?
}
