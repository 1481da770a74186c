import SparringAPI
import SparringEngine
import SparringExchange

/// The measurements of calls that the conventions of HTTP servers and of generative AI name, with their attributes.
///
/// Source: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#http-server (stable) and
/// https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/ (status: development), read in November 2026.
struct CallMeasurements {
    /// A metric of the conventions, with the bounds that they advise.
    private enum Metric: String, CaseIterable {
        case httpDuration = "http.server.request.duration"
        case modelDuration = "gen_ai.server.request.duration"
        case firstToken = "gen_ai.server.time_to_first_token"
        case perToken = "gen_ai.server.time_per_output_token"

        var bounds: [Double] {
            switch self {
            case .httpDuration: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
            case .modelDuration: (0...13).map { Double(1 << $0) / 100 }
            case .firstToken:
                [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
            case .perToken: [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5]
            }
        }

        var help: String {
            switch self {
            case .httpDuration: "Duration of HTTP server requests."
            case .modelDuration: "Duration of calls of a model, until the end of the answer."
            case .firstToken: "Time to the first content of successful answers."
            case .perToken: "Average time between the contents of a successful answer."
            }
        }
    }

    private typealias Labels = [MetricFamily.Label]

    /// The maximum number of series of a metric. All further calls share one series, because clients name models.
    ///
    /// Source: https://opentelemetry.io/docs/specs/otel/metrics/sdk/#cardinality-limits
    static let mostSeries = 2_000
    private static let overflow = [MetricFamily.Label("otel.metric.overflow", .bool(true))]

    /// Source: https://opentelemetry.io/docs/specs/semconv/registry/attributes/http/ (`_OTHER` for all others)
    private static let methods: Set<String> = [
        "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE", "QUERY",
    ]

    private var series: [Metric: [Labels: MetricDistribution]] = [:]

    /// Adds a call.
    /// - Parameter span: the span of the exchange, which has the attributes.
    mutating func add(_ exchange: Exchange, _ span: Span) {
        let times = CallTimes(exchange.timeline, isStream: exchange.decision.isStream)
        let attributes = Dictionary(span.attributes) { first, _ in first }
        // The turn of a WebSocket is no HTTP request.
        if exchange.request.event == nil {
            add(times.total, to: .httpDuration, Self.http(attributes, exchange))
        }
        guard let operation = attributes["gen_ai.operation.name"] else { return }
        let error: Span.Value? =
            attributes["error.type"]
            ?? (exchange.decision.status >= 400 ? .string(String(exchange.decision.status)) : nil)
        let labels = Self.labels([
            ("gen_ai.operation.name", operation), ("gen_ai.provider.name", attributes["gen_ai.provider.name"]),
            ("gen_ai.request.model", attributes["gen_ai.request.model"]), ("error.type", error),
        ])
        add(times.total, to: .modelDuration, labels)
        guard error == nil else { return }
        add(times.firstToken, to: .firstToken, labels)
        add(times.perToken, to: .perToken, labels)
    }

    /// The metrics that have series.
    var families: [MetricFamily] {
        Metric.allCases.compactMap { metric in
            series[metric].map { series in
                MetricFamily(
                    metric.rawValue, .histogram, unit: "s", help: metric.help,
                    points: series.map { MetricFamily.Point($0.key, .distribution($0.value)) })
            }
        }
    }

    private mutating func add(_ duration: Duration?, to metric: Metric, _ labels: Labels) {
        guard let duration else { return }
        // No copy of the series may live during the change: the change would copy all of them.
        let isFull = series[metric].map { $0.count >= Self.mostSeries && $0[labels] == nil } ?? false
        series[metric, default: [:]][
            isFull ? Self.overflow : labels, default: MetricDistribution(bounds: metric.bounds)
        ].add(duration / .seconds(1))
    }

    private static func http(_ attributes: [String: Span.Value], _ exchange: Exchange) -> Labels {
        let method = exchange.request.method
        let route = exchange.decision.endpoint.flatMap(Endpoint.init(rawValue:))?.operation.path
        return labels([
            ("http.request.method", .string(methods.contains(method) ? method : "_OTHER")),
            ("url.scheme", attributes["url.scheme"]), ("http.route", route.map { .string($0) }),
            ("http.response.status_code", attributes["http.response.status_code"]),
            ("network.protocol.version", attributes["network.protocol.version"]),
            ("error.type", attributes["error.type"]),
        ])
    }

    private static func labels(_ values: [(name: String, value: Span.Value?)]) -> Labels {
        values.compactMap { name, value in value.map { MetricFamily.Label(name, $0) } }
    }
}
