import SparringEngine
import SparringExchange
import SparringHTTP
import SparringWire

/// The metrics of a server: its usage, and the values that belong to the whole server. The Prometheus page and the export over OTLP have
/// the same metrics.
struct MetricFamilies {
    /// The values of one server that are not usage.
    struct Server: Sendable {
        var version: String?
        var sessions: Int
        /// Exchanges that the logs of the current sessions have dropped.
        var droppedExchanges: Int
        var uptime: Duration
        var traffic = TrafficGauges.Reading()
        /// The spans of traces; zero if traces are off.
        var spans = ExportCounts()
        /// The data points of exported metrics; zero if metrics are not exported.
        var points = ExportCounts()
    }

    private typealias Label = MetricFamily.Label
    private typealias Row = (labels: [Label], line: UsageStatistics.Line)

    private static let dimensions: [UsageReport.Dimension] = [.session, .endpoint, .model]

    private(set) var all: [MetricFamily] = []
    private let rows: [Row]

    /// The metrics of one server.
    init(_ reading: UsageStatistics.Reading, _ server: Server?) {
        self.init(reading)
        if let server { add(server) }
        addUsage(reading)
    }

    /// The sums of several servers. The gauges are sums over the servers that are up.
    init(_ reading: UsageStatistics.Reading, of replicas: [SharedReplica]) {
        self.init(reading)
        if !replicas.isEmpty { add(replicas) }
        addUsage(reading)
    }

    private init(_ reading: UsageStatistics.Reading) {
        rows = UsageReport(MetricLabels.bounded(reading), by: Self.dimensions).rows.map { row in
            (zip(Self.dimensions, row.values).map { Label($0.description, $1 ?? "") }, row.line)
        }
    }

    // MARK: Usage

    private mutating func addUsage(_ reading: UsageStatistics.Reading) {
        addCalls()
        addFaults(reading)
        addErrors()
        addTokens()
        addDurations(reading)
    }

    private mutating func addCalls() {
        each("requests", unit: "{request}", "Calls, by status.") { line in
            line.statuses.sorted { $0.status < $1.status }.map { ([Label("status", String($0.status))], $0.count) }
        }
        one("retries", unit: "{request}", "Calls that repeat a failed call.", \.retries)
    }

    private mutating func addFaults(_ reading: UsageStatistics.Reading) {
        one("faults", unit: "{fault}", "Faults that took effect.", \.faults)
        each("faults_by_name", unit: "{fault}", "Faults of answers that took effect, by name.") { line in
            line.faultNames.sorted { $0.key < $1.key }.map { ([Label("fault", $0.key)], $0.value) }
        }
        one("faults_missed", unit: "{fault}", "Faults that were ordered and took no effect.", \.missedFaults)
        add(
            "connection_faults", .counter, unit: "{fault}",
            help: "Faults of connections before their first request that took effect, by name.",
            reading.connectionFaults.sorted { $0.key < $1.key }.map {
                MetricFamily.Point([Label("fault", $0.key)], .int($0.value))
            })
    }

    private mutating func addErrors() {
        each(
            "errors", unit: "{request}",
            "Answers with a status of 400 or more, by status, code and cause: scripted, chaos, refused, unmatched, emulated."
        ) { line in
            line.errors.sorted { $0.kind < $1.kind }.map { ($0.kind.labels, $0.count) }
        }
        one("chaos", unit: "{request}", "Calls that chaos has hit, with a fault or an error.", \.chaos)
        one("abandoned", unit: "{request}", "Calls whose client closed before the end.", \.abandoned)
        one("batched", unit: "{request}", "Calls that were lines of batches.", \.batched)
    }

    private mutating func addTokens() {
        each("tokens", unit: "{token}", "Tokens, by kind; input includes cached, output includes reasoning.") { line in
            let usage = line.usage
            let kinds = [
                ("input", usage.input), ("cached", usage.cached), ("output", usage.output),
                ("reasoning", usage.reasoning),
            ]
            return kinds.map { ([Label("kind", $0.0)], $0.1) }
        }
        add(
            "cost_dollars", .counter, unit: "{dollar}", help: "The cost of the calls whose price is known.",
            rows.map { MetricFamily.Point($0.labels, .double($0.line.cost / 1e6)) })
    }

    private mutating func addDurations(_ reading: UsageStatistics.Reading) {
        durations("request_duration", "The time from a request's first byte to the end of its answer.", \.total)
        durations("first_token", "The time from a request's first byte to the first content.", \.firstToken)
        durations("first_event", "The time from a request's first byte to the first event of its stream.", \.firstEvent)
        durations("token_gap", "The time between tokens, on average for each stream.", \.perToken)
        add(
            "event_lateness", .histogram, unit: "s", help: "The delay of writes after their planned time.",
            [MetricFamily.Point([], .distribution(reading.lateness.distribution))])
    }

    // MARK: The whole server

    private mutating func add(_ server: Server) {
        add(
            "info", .gauge, help: "The program that serves these metrics.",
            [MetricFamily.Point([Label("version", server.version ?? "")], .int(1))])
        gauge("uptime", unit: "s", "Seconds since the server started.", .double(server.uptime / .seconds(1)))
        gauge("sessions", unit: "{session}", "Living sessions.", .int(server.sessions))
        gauge(
            "dropped_exchanges", unit: "{exchange}", "Exchanges that the logs of the current sessions have dropped.",
            .int(server.droppedExchanges))
        add(server.traffic)
        let counts = [
            ("spans_sent", "{span}", "Spans that the receiver of traces has accepted.", server.spans.sent),
            ("spans_lost", "{span}", "Spans that did not reach the receiver of traces.", server.spans.dropped),
            ("points_sent", "{point}", "Data points that the receiver of metrics has accepted.", server.points.sent),
            (
                "points_lost", "{point}", "Data points that did not reach the receiver of metrics.",
                server.points.dropped
            ),
        ]
        for (name, unit, help, count) in counts {
            add(name, .counter, unit: unit, help: help, [MetricFamily.Point([], .int(count))])
        }
    }

    private mutating func add(_ replicas: [SharedReplica]) {
        add(
            "servers", .gauge, unit: "{server}", help: "The servers of the last day that share sessions, by state.",
            [SharedReplica.State.up, .lost, .stopped].map { state in
                MetricFamily.Point([Label("state", state.rawValue)], .int(replicas.count { $0.state == state }))
            })
        let sum = replicas.filter { $0.state == .up }.map(\.gauges).reduce(ReplicaGauges(), +)
        add(sum.traffic)
        gauge("held_answers", unit: "{request}", "Answers that wait at a breakpoint.", .int(sum.held))
    }

    private mutating func add(_ traffic: TrafficGauges.Reading) {
        gauge("in_flight_requests", unit: "{request}", "Requests whose answer has not ended.", .int(traffic.inFlight))
        gauge("open_streams", unit: "{stream}", "Event streams that have not ended.", .int(traffic.streams))
        gauge("open_sockets", unit: "{socket}", "Open WebSockets.", .int(traffic.sockets))
    }

    // MARK: Families

    private mutating func gauge(_ name: String, unit: String = "", _ help: String, _ value: MetricFamily.Value) {
        add(name, .gauge, unit: unit, help: help, [MetricFamily.Point([], value)])
    }

    private mutating func add(
        _ name: String, _ kind: MetricFamily.Kind, unit: String = "", help: String, _ points: [MetricFamily.Point]
    ) {
        all.append(MetricFamily("sparring." + name, kind, unit: unit, help: help, points: points))
    }

    /// A counter with one value for each combination of labels.
    private mutating func one(
        _ name: String, unit: String, _ help: String, _ value: KeyPath<UsageStatistics.Line, Int>
    ) {
        let points = rows.map { MetricFamily.Point($0.labels, .int($0.line[keyPath: value])) }
        add(name, .counter, unit: unit, help: help, points)
    }

    /// A counter with several values for each combination of labels.
    private mutating func each(
        _ name: String, unit: String, _ help: String,
        _ values: (UsageStatistics.Line) -> [(labels: [MetricFamily.Label], count: Int)]
    ) {
        let points = rows.flatMap { row in
            values(row.line).map { MetricFamily.Point(row.labels + $0.labels, .int($0.count)) }
        }
        add(name, .counter, unit: unit, help: help, points)
    }

    private mutating func durations(
        _ name: String, _ help: String, _ value: KeyPath<UsageStatistics.Line, Histogram>
    ) {
        let points = rows.map { row in
            MetricFamily.Point(row.labels, .distribution(row.line[keyPath: value].distribution))
        }
        add(name, .histogram, unit: "s", help: help, points)
    }
}

extension AnsweredError {
    fileprivate var labels: [MetricFamily.Label] {
        [.init("status", String(status)), .init("code", code ?? ""), .init("cause", cause.rawValue)]
    }

    /// The values are sorted by status, code and cause, so that the order of a page does not change.
    fileprivate static func < (a: AnsweredError, b: AnsweredError) -> Bool {
        (a.status, a.code ?? "", a.cause.rawValue) < (b.status, b.code ?? "", b.cause.rawValue)
    }
}

extension Histogram {
    /// The bounds of the buckets, which are powers of two in milliseconds: from 1/16 ms to 131 s.
    private static let doublings = -4...17

    private static let bounds = doublings.map { $0 < 0 ? 1.0 / Double(1 << -$0) / 1000 : Double(1 << $0) / 1000 }

    /// The durations in seconds.
    fileprivate var distribution: MetricDistribution {
        let below = Self.doublings.map(count(belowMillisecondsDoubled:)) + [count]
        let counts = zip(below, [0] + below).map { $0 - $1 }
        return MetricDistribution(bounds: Self.bounds, counts: counts, sum: Double(sum) / 1e9)
    }
}
