/// A metric with all its series at one moment, in the terms that Prometheus and OpenTelemetry share.
///
/// Source: https://opentelemetry.io/docs/specs/otel/metrics/data-model/
package struct MetricFamily: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// A value that rises and falls.
        case gauge
        /// The sum of all values since the start of the series.
        case counter
        /// The measurements since the start of the series, counted by size.
        case histogram
    }

    package struct Label: Sendable, Hashable {
        package var name: String
        package var value: Span.Value

        package init(_ name: String, _ value: Span.Value) {
            self.name = name
            self.value = value
        }

        package init(_ name: String, _ text: String) { self.init(name, .string(text)) }
    }

    package enum Value: Sendable, Hashable {
        case int(Int)
        case double(Double)
        case distribution(MetricDistribution)
    }

    /// One series of the metric.
    package struct Point: Sendable, Hashable {
        package var labels: [Label]
        package var value: Value
        /// The time from which the value is counted, in nanoseconds since 1970; nil if the time is not known.
        package var start: Int64?

        package init(_ labels: [Label], _ value: Value) {
            self.labels = labels
            self.value = value
        }
    }

    /// The name in OpenTelemetry's form, without a unit: `sparring.request_duration`.
    package var name: String
    package var kind: Kind
    /// The unit as in UCUM: `s`, `{request}`; empty if there is no unit.
    package var unit: String
    package var help: String
    package var points: [Point]

    package init(_ name: String, _ kind: Kind, unit: String = "", help: String, points: [Point] = []) {
        self.name = name
        self.kind = kind
        self.unit = unit
        self.help = help
        self.points = points
    }

    /// The name that Prometheus gives to a metric of OpenTelemetry: `sparring_request_duration_seconds`.
    ///
    /// Source: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#otlp-metric-points-to-prometheus
    package var prometheusName: String {
        String(name.map { $0 == "." ? "_" : $0 }) + (unit == "s" ? "_seconds" : "")
            + (kind == .counter ? "_total" : "")
    }
}
