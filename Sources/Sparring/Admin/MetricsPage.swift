import SparringExchange
import SparringWire

/// Metrics in the format that Prometheus scrapes.
///
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/ (text format 0.0.4)
enum MetricsPage {
    static func answer(_ metrics: MetricFamilies) -> Answer {
        .admin(contentType: "text/plain; version=0.0.4; charset=utf-8", Array(text(metrics.all).utf8))
    }

    static func text(_ families: [MetricFamily]) -> String {
        var text = ""
        for family in families { add(family, to: &text) }
        return text
    }

    private static func add(_ family: MetricFamily, to text: inout String) {
        let name = family.prometheusName
        text += "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.kind.word)\n"
        for point in family.points {
            let labels = point.labels.map { "\($0.name)=\"\(escaped($0.value.text))\"" }.joined(separator: ",")
            let list = labels.isEmpty ? "" : "{\(labels)}"
            switch point.value {
            case .int(let number): text += "\(name)\(list) \(number)\n"
            case .double(let number): text += "\(name)\(list) \(Decimal.text(number))\n"
            case .distribution(let distribution):
                add(distribution, name, labels.isEmpty ? "" : labels + ",", to: &text)
                text += "\(name)_sum\(list) \(Decimal.text(distribution.sum, decimals: 9))\n"
                text += "\(name)_count\(list) \(distribution.count)\n"
            }
        }
    }

    /// Adds the buckets, each with the count of all measurements up to its bound.
    private static func add(
        _ distribution: MetricDistribution, _ name: String, _ labels: String, to text: inout String
    ) {
        let bounds = distribution.bounds.map { Decimal.text($0) } + ["+Inf"]
        var sum = 0
        for (bound, count) in zip(bounds, distribution.counts) {
            sum += count
            text += "\(name)_bucket{\(labels)le=\"\(bound)\"} \(sum)\n"
        }
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

extension MetricFamily.Kind {
    fileprivate var word: String {
        switch self {
        case .gauge: "gauge"
        case .counter: "counter"
        case .histogram: "histogram"
        }
    }
}

extension Span.Value {
    fileprivate var text: String {
        switch self {
        case .string(let text): text
        case .int(let number): String(number)
        case .double(let number): Decimal.text(number)
        case .bool(let isTrue): String(isTrue)
        case .strings(let texts): texts.joined(separator: ",")
        }
    }
}
