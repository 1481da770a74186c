import SparringEngine
import SparringHTTP
import SparringWire

/// The usage statistics in the format that Prometheus scrapes.
///
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/ (text format 0.0.4)
enum MetricsPage {
    struct Server: Sendable {
        var version: String?
        var sessions: Int
        /// Exchanges that the logs of the current sessions have dropped.
        var droppedExchanges: Int
        var uptime: Duration
        var traffic = TrafficGauges.Reading()
        /// The spans of traces; zero if they are off.
        var spans = SpanQueue.Counts()
    }

    private static let dimensions: [UsageReport.Dimension] = [.session, .endpoint, .model]

    /// - Parameter server: nil for the sum of several servers.
    static func answer(_ reading: UsageStatistics.Reading, _ server: Server?) -> Answer {
        answer(text(reading, server))
    }

    /// The sum of several servers.
    /// - Parameter replicas: the servers. The gauges are those of the servers that are up.
    static func answer(_ reading: UsageStatistics.Reading, of replicas: [SharedReplica]) -> Answer {
        answer(text(reading, nil, of: replicas))
    }

    private static func answer(_ text: String) -> Answer {
        .admin(contentType: "text/plain; version=0.0.4; charset=utf-8", Array(text.utf8))
    }

    static func text(
        _ reading: UsageStatistics.Reading, _ server: Server?, of replicas: [SharedReplica] = []
    ) -> String {
        let rows = UsageReport(MetricLabels.bounded(reading), by: dimensions).rows
            .map { (labels: labels($0.values), row: $0) }
        var page = Page()
        if let server { page.add(server) }
        if !replicas.isEmpty { page.add(replicas) }
        page.family("sparring_requests_total", "counter", "Calls, by status.")
        for (labels, row) in rows {
            for entry in row.line.statuses.sorted(by: { $0.status < $1.status }) {
                page.sample(
                    "sparring_requests_total", labels + [("status", String(entry.status))], String(entry.count))
            }
        }
        page.counter("sparring_retries_total", "Calls that repeat a failed call.", of: rows) {
            String($0.line.retries)
        }
        page.counter("sparring_faults_total", "Faults that took effect.", of: rows) { String($0.line.faults) }
        page.family("sparring_faults_by_name_total", "counter", "Faults of answers that took effect, by name.")
        for (labels, row) in rows {
            for (name, count) in row.line.faultNames.sorted(by: { $0.key < $1.key }) {
                page.sample("sparring_faults_by_name_total", labels + [("fault", name)], String(count))
            }
        }
        page.counter(
            "sparring_faults_missed_total", "Faults that were ordered and took no effect.", of: rows
        ) {
            String($0.line.missedFaults)
        }
        page.family(
            "sparring_connection_faults_total", "counter",
            "Faults of connections before their first request that took effect, by name.")
        for (name, count) in reading.connectionFaults.sorted(by: { $0.key < $1.key }) {
            page.sample("sparring_connection_faults_total", [("fault", name)], String(count))
        }
        page.family(
            "sparring_errors_total", "counter",
            "Answers with a status of 400 or more, by status, code and cause: scripted, chaos, refused, unmatched, emulated."
        )
        for (labels, row) in rows {
            for (kind, count) in row.line.errors.sorted(by: { $0.kind < $1.kind }) {
                page.sample("sparring_errors_total", labels + kind.labels, String(count))
            }
        }
        page.counter("sparring_chaos_total", "Calls that chaos has hit, with a fault or an error.", of: rows) {
            String($0.line.chaos)
        }
        page.counter("sparring_abandoned_total", "Calls whose client closed before the end.", of: rows) {
            String($0.line.abandoned)
        }
        page.counter("sparring_batched_total", "Calls that were lines of batches.", of: rows) {
            String($0.line.batched)
        }
        page.family(
            "sparring_tokens_total", "counter", "Tokens, by kind; input includes cached, output includes reasoning.")
        for (labels, row) in rows {
            let usage = row.line.usage
            let kinds = [
                ("input", usage.input), ("cached", usage.cached), ("output", usage.output),
                ("reasoning", usage.reasoning),
            ]
            for (kind, count) in kinds {
                page.sample("sparring_tokens_total", labels + [("kind", kind)], String(count))
            }
        }
        page.counter("sparring_cost_dollars_total", "The cost of the calls, where prices are known.", of: rows) {
            Decimal.text($0.line.cost / 1e6)
        }
        page.histogram(
            "sparring_request_duration_seconds", "The time from a request's first byte to the end of its answer.",
            of: rows
        ) {
            $0.line.total
        }
        page.histogram(
            "sparring_first_token_seconds", "The time from a request's first byte to the first content.", of: rows
        ) {
            $0.line.firstToken
        }
        page.histogram(
            "sparring_first_event_seconds", "The time from a request's first byte to the first event of its stream.",
            of: rows
        ) {
            $0.line.firstEvent
        }
        page.histogram("sparring_token_gap_seconds", "The time between tokens, on average for each stream.", of: rows) {
            $0.line.perToken
        }
        page.family("sparring_event_lateness_seconds", "histogram", "The delay of writes after their planned time.")
        page.buckets("sparring_event_lateness_seconds", [], reading.lateness)
        return page.text
    }

    private static func labels(_ values: [String?]) -> [(String, String)] {
        zip(dimensions, values).map { ($0.description, $1 ?? "") }
    }
}

extension AnsweredError {
    fileprivate var labels: [(String, String)] {
        [("status", String(status)), ("code", code ?? ""), ("cause", cause.rawValue)]
    }

    /// Sorted by status, code and cause, so that the order of a page does not change.
    fileprivate static func < (a: AnsweredError, b: AnsweredError) -> Bool {
        (a.status, a.code ?? "", a.cause.rawValue) < (b.status, b.code ?? "", b.cause.rawValue)
    }
}

/// The text of a page under construction.
private struct Page {
    var text = ""

    /// The powers of two of a millisecond that the histograms have: from 1/16 ms to 131 s.
    private static let doublings = -4...17

    /// Adds the values of one server.
    mutating func add(_ server: MetricsPage.Server) {
        family("sparring_info", "gauge", "The program that serves these metrics.")
        sample("sparring_info", [("version", server.version ?? "")], "1")
        family("sparring_uptime_seconds", "gauge", "Seconds since the server started.")
        sample("sparring_uptime_seconds", [], Decimal.text(server.uptime / .seconds(1)))
        family("sparring_sessions", "gauge", "Living sessions.")
        sample("sparring_sessions", [], String(server.sessions))
        family(
            "sparring_dropped_exchanges", "gauge", "Exchanges that the logs of the current sessions have dropped.")
        sample("sparring_dropped_exchanges", [], String(server.droppedExchanges))
        add(server.traffic)
        family("sparring_spans_sent_total", "counter", "Spans that the receiver of traces has taken.")
        sample("sparring_spans_sent_total", [], String(server.spans.sent))
        family("sparring_spans_lost_total", "counter", "Spans that did not reach the receiver of traces.")
        sample("sparring_spans_lost_total", [], String(server.spans.dropped))
    }

    /// Adds the values of several servers.
    mutating func add(_ replicas: [SharedReplica]) {
        family("sparring_servers", "gauge", "The servers of the last day that share sessions, by state.")
        for state in [SharedReplica.State.up, .lost, .stopped] {
            sample(
                "sparring_servers", [("state", state.rawValue)], String(replicas.count { $0.state == state }))
        }
        let sum = replicas.filter { $0.state == .up }.map(\.gauges).reduce(ReplicaGauges(), +)
        add(sum.traffic)
        family("sparring_held_answers", "gauge", "Answers that wait at a breakpoint.")
        sample("sparring_held_answers", [], String(sum.held))
    }

    private mutating func add(_ traffic: TrafficGauges.Reading) {
        let gauges = [
            ("sparring_in_flight_requests", "Requests whose answer has not ended.", traffic.inFlight),
            ("sparring_open_streams", "Event streams that have not ended.", traffic.streams),
            ("sparring_open_sockets", "Open WebSockets.", traffic.sockets),
        ]
        for (name, help, value) in gauges {
            family(name, "gauge", help)
            sample(name, [], String(value))
        }
    }

    mutating func family(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: String) {
        let list = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
        text += name + (list.isEmpty ? "" : "{\(list)}") + " \(value)\n"
    }

    mutating func counter(
        _ name: String, _ help: String, of rows: [(labels: [(String, String)], row: UsageReport.Row)],
        value: (UsageReport.Row) -> String
    ) {
        family(name, "counter", help)
        for (labels, row) in rows { sample(name, labels, value(row)) }
    }

    mutating func histogram(
        _ name: String, _ help: String, of rows: [(labels: [(String, String)], row: UsageReport.Row)],
        value: (UsageReport.Row) -> Histogram
    ) {
        family(name, "histogram", help)
        for (labels, row) in rows { buckets(name, labels, value(row)) }
    }

    mutating func buckets(_ name: String, _ labels: [(String, String)], _ histogram: Histogram) {
        for times in Self.doublings {
            let limit = times < 0 ? 1.0 / Double(1 << -times) : Double(1 << times)
            sample(
                "\(name)_bucket", labels + [("le", Decimal.text(limit / 1000))],
                String(histogram.count(belowMillisecondsDoubled: times)))
        }
        sample("\(name)_bucket", labels + [("le", "+Inf")], String(histogram.count))
        sample("\(name)_sum", labels, Decimal.text(Double(histogram.sum) / 1e9, decimals: 9))
        sample("\(name)_count", labels, String(histogram.count))
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
