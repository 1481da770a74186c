/// For each series of a metric, the time from which it counts. A counter that has fallen was reset, so it counts from the time of the
/// previous export.
///
/// Source: https://opentelemetry.io/docs/specs/otel/metrics/data-model/#resets-and-gaps
package struct MetricStarts: Sendable {
    private struct Series: Hashable {
        var metric: String
        var labels: [MetricFamily.Label]
    }

    private var known: [Series: (start: Int64, amount: Double)] = [:]
    /// The time of the previous export, or of the start if there was no export.
    private var latest: Int64

    /// - Parameter start: when the server started, in nanoseconds since 1970.
    package init(_ start: Int64) { latest = start }

    /// Gives each counter and histogram its start, and remembers the values. Gauges have no start.
    /// - Parameter now: the time of this export, in nanoseconds since 1970.
    package mutating func mark(_ families: inout [MetricFamily], at now: Int64) {
        var seen: [Series: (start: Int64, amount: Double)] = [:]
        for family in families.indices where families[family].kind != .gauge {
            for point in families[family].points.indices {
                let value = families[family].points[point]
                let series = Series(metric: families[family].name, labels: value.labels)
                let amount = value.amount
                let before = known[series].flatMap { $0.amount <= amount ? $0.start : nil }
                let start = before ?? latest
                seen[series] = (start, amount)
                families[family].points[point].start = start
            }
        }
        (known, latest) = (seen, now)
    }
}

extension MetricFamily.Point {
    fileprivate var amount: Double {
        switch value {
        case .int(let number): Double(number)
        case .double(let number): number
        case .distribution(let distribution): Double(distribution.count)
        }
    }
}
