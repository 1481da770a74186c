import SparringAPI
import SparringEngine
import SparringJSON
import SparringWire

/// The usage report: JSON with all values, or CSV with one row per line.
enum UsagePage {
    enum Format: Sendable, Hashable {
        case json, csv
    }

    static func answer(_ report: UsageReport, _ format: Format) -> Answer {
        switch format {
        case .json: .admin(json(report))
        case .csv: .admin(contentType: "text/csv; charset=utf-8; header=present", csv(report))
        }
    }

    // MARK: JSON

    static func json(_ report: UsageReport) -> JSONValue {
        let unpriced = report.total.unpriced.sorted()
        return [
            "prices": [
                "as_of": .string(orNull: report.prices.asOf?.text), "currency": "usd", "unpriced": .strings(unpriced),
            ],
            "by": .strings(report.dimensions.map(\.description)), "every": .string(orNull: report.width?.name),
            "rows": .array(report.rows.map { .object(object($0, report.dimensions)) }),
            "total": .object(object(report.total, [])),
            "lateness_ms": milliseconds(report.lateness),
        ]
    }

    private static func object(_ row: UsageReport.Row, _ dimensions: [UsageReport.Dimension]) -> JSONObject {
        var object = JSONObject()
        for (dimension, value) in zip(dimensions, row.values) {
            let isNumber = dimension == .time
            object[dimension.description] = isNumber ? .int(value.flatMap { Int($0) } ?? 0) : .string(orNull: value)
        }
        let (line, usage) = (row.line, row.line.usage)
        object["requests"] = .int(line.requests)
        object["errors"] = .int(row.errors)
        object["retries"] = .int(line.retries)
        object["faults"] = .int(line.faults)
        object["faults_by_name"] = .object(
            JSONObject(line.faultNames.sorted { $0.key < $1.key }.map { .init($0.key, .int($0.value)) }))
        object["abandoned"] = .int(line.abandoned)
        object["batched"] = .int(line.batched)
        object["statuses"] = .object(
            JSONObject(
                line.statuses.sorted { $0.status < $1.status }.map { .init(String($0.status), .int($0.count)) }))
        object["input_tokens"] = .int(usage.input)
        object["cached_tokens"] = .int(usage.cached)
        object["output_tokens"] = .int(usage.output)
        object["reasoning_tokens"] = .int(usage.reasoning)
        object["total_tokens"] = .int(usage.input + usage.output)
        object["seconds"] = .number(JSONNumber(text: Decimal.text(Double(usage.milliseconds) / 1000, decimals: 3)))
        object["characters"] = .int(usage.characters)
        object["cost"] = row.dollars.map { .number(JSONNumber(text: Decimal.text($0))) } ?? .null
        object["total_ms"] = milliseconds(line.total)
        object["first_token_ms"] = milliseconds(line.firstToken)
        object["per_token_ms"] = milliseconds(line.perToken)
        return object
    }

    private static func milliseconds(_ histogram: Histogram) -> JSONValue {
        func number(_ duration: Duration?) -> JSONValue {
            duration.map { .number(JSONNumber(text: Decimal.text($0 / .milliseconds(1), decimals: 3))) } ?? .null
        }
        return [
            "count": .int(histogram.count), "mean": number(histogram.mean), "p50": number(histogram.percentile(0.5)),
            "p90": number(histogram.percentile(0.9)), "p99": number(histogram.percentile(0.99)),
            "max": number(histogram.maximum),
        ]
    }

    // MARK: CSV

    /// CSV by RFC 4180. Unknown values are empty.
    static func csv(_ report: UsageReport) -> [UInt8] {
        let names =
            report.dimensions.map(\.description) + [
                "requests", "errors", "retries", "input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens",
                "cost", "total_ms_p50", "total_ms_p99", "first_token_ms_p50", "first_token_ms_p99", "per_token_ms_p50",
                "per_token_ms_p99", "batched", "seconds", "characters", "faults", "abandoned", "statuses",
            ]
        let rows = report.rows.map { row -> [String] in
            let (line, usage) = (row.line, row.line.usage)
            let counts = [
                line.requests, row.errors, line.retries, usage.input, usage.cached, usage.output, usage.reasoning,
            ]
            let times = [line.total, line.firstToken, line.perToken].flatMap { histogram in
                [0.5, 0.99].map { share in
                    histogram.percentile(share).map { Decimal.text($0 / .milliseconds(1), decimals: 3) } ?? ""
                }
            }
            return row.values.map { $0 ?? "" } + counts.map(String.init) + [row.dollars.map { Decimal.text($0) } ?? ""]
                + times + [
                    String(line.batched), Decimal.text(Double(usage.milliseconds) / 1000, decimals: 3),
                    String(usage.characters), String(line.faults), String(line.abandoned), statuses(of: line),
                ]
        }
        return ([names] + rows).flatMap { fields in
            Array((fields.map(quoted).joined(separator: ",") + "\r\n").utf8)
        }
    }

    /// `200:5 429:2`
    private static func statuses(of line: UsageStatistics.Line) -> String {
        line.statuses.sorted { $0.status < $1.status }.map { "\($0.status):\($0.count)" }.joined(separator: " ")
    }

    private static func quoted(_ field: String) -> String {
        let needsQuotes = field.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
        // Quotes are doubled as Unicode scalars, because a quote with a combining mark belongs to another `Character`.
        return needsQuotes
            ? "\"" + String(String.UnicodeScalarView(field.unicodeScalars.flatMap { $0 == "\"" ? [$0, $0] : [$0] }))
                + "\"" : field
    }
}

/// Numbers without an exponent and without zeros at the end.
enum Decimal {
    static func text(_ value: Double, decimals: Int = 12) -> String {
        guard value.isFinite, abs(value) < 1e6 else { return String(value) }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = Int((value.magnitude * scale).rounded())
        let divisor = Int(scale)
        let fraction = String(scaled % divisor)
        let digits = String(repeating: "0", count: decimals - fraction.utf8.count) + fraction
        let kept = digits.utf8.lastIndex { $0 != UInt8(ascii: "0") }.map { digits[...$0] }
        let sign = value < 0 && scaled > 0 ? "-" : ""
        return sign + String(scaled / divisor) + (kept.map { "." + $0 } ?? "")
    }
}
