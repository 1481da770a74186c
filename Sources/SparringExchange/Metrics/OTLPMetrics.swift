import SparringJSON

/// The body of an export request of metrics in OTLP's JSON encoding. Sums and histograms are cumulative.
///
/// Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding and
/// https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto
package enum OTLPMetrics {
    /// The value of `AggregationTemporality` for cumulative values.
    private static let cumulative = 2

    /// - Parameters:
    ///   - families: the metrics; a family without points is left out.
    ///   - now: nanoseconds since 1970.
    ///   - origin: the program.
    package static func body(_ families: [MetricFamily], at now: Int64, from origin: OTLPOrigin) -> [UInt8] {
        json(families, at: now, from: origin).serialized()
    }

    static func json(_ families: [MetricFamily], at now: Int64, from origin: OTLPOrigin) -> JSONValue {
        let metrics = families.filter { !$0.points.isEmpty }.map { json($0, at: now) }
        return [
            "resourceMetrics": [
                [
                    "resource": origin.resourceJSON,
                    "scopeMetrics": [["scope": origin.scopeJSON, "metrics": .array(metrics)]],
                ]
            ]
        ]
    }

    private static func json(_ family: MetricFamily, at now: Int64) -> JSONValue {
        let points = JSONValue.array(family.points.map { json($0, at: now) })
        var object: JSONObject = [
            "name": .string(family.name), "description": .string(family.help), "unit": .string(family.unit),
        ]
        switch family.kind {
        case .gauge: object["gauge"] = ["dataPoints": points]
        case .counter:
            object["sum"] = [
                "aggregationTemporality": .int(cumulative), "isMonotonic": true, "dataPoints": points,
            ]
        case .histogram:
            object["histogram"] = ["aggregationTemporality": .int(cumulative), "dataPoints": points]
        }
        return .object(object)
    }

    private static func json(_ point: MetricFamily.Point, at now: Int64) -> JSONValue {
        var object: JSONObject = [
            "attributes": OTLPOrigin.json(point.labels.map { ($0.name, $0.value) })
        ]
        if let start = point.start { object["startTimeUnixNano"] = .string(String(start)) }
        object["timeUnixNano"] = .string(String(now))
        switch point.value {
        case .int(let number): object["asInt"] = .string(String(number))
        case .double(let number): object["asDouble"] = .number(JSONNumber(number))
        case .distribution(let distribution):
            object["count"] = .string(String(distribution.count))
            object["sum"] = .number(JSONNumber(distribution.sum))
            object["bucketCounts"] = .array(distribution.counts.map { .string(String($0)) })
            object["explicitBounds"] = .array(distribution.bounds.map { .number(JSONNumber($0)) })
        }
        return .object(object)
    }
}
