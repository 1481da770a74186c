import Foundation
import SparringCassette
import SparringExchange
import SparringHTTP

/// The traces and the exported metrics of a running server. Traces and metrics are each on if the environment names a receiver for that
/// signal.
struct Tracing {
    /// The facts about the server that the receiver gets.
    struct Subject {
        /// Sparring's version.
        var version: String
        /// The scenario's name.
        var scenario: String
        var seed: UInt64
        var isTLS: Bool
    }

    /// Nil if traces are off.
    let exporter: SpanExporter?
    /// Nil if metrics are not exported.
    let metrics: MetricExporter?
    private let clients: [UpstreamClient]
    private let log: ServerLog

    /// The time limit for sending the last spans and metrics at the end of a run.
    private static let patience = Duration.seconds(5)

    /// - Parameters:
    ///   - clock: the clock of the timelines.
    ///   - conceal: masks more of an exchange than the usual secrets.
    init(
        _ variables: [String: String] = ProcessInfo.processInfo.environment, of subject: Subject, clock: MonotonicClock,
        log: ServerLog, conceal: (@Sendable (Exchange) -> Exchange)? = nil
    ) {
        self.log = log
        let environment = TracingEnvironment(variables)
        var clients: [UpstreamClient] = []
        /// Returns nil if the signal is off.
        func start<Exporter>(
            _ signal: TelemetrySignal, _ make: (OTLPOrigin, OTLPDelivery) throws -> Exporter
        ) -> Exporter? {
            do {
                guard let (delivery, client) = try Self.delivery(of: signal, environment, clock, log) else {
                    return nil
                }
                clients.append(client)
                let origin = try environment.origin(
                    version: subject.version, scenario: subject.scenario, seed: subject.seed)
                return try make(origin, delivery)
            } catch {
                // The variables often belong to the program under test. Therefore a mistake in them does not stop the
                // server.
                log.line("sparring: no \(signal): \(error)")
                return nil
            }
        }
        exporter = start(.traces) { origin, delivery in
            var settings = try environment.spanSettings()
            settings.origin = origin
            settings.conceal = conceal
            let epoch = WallClock.nanoseconds() - clock.now.nanoseconds
            return SpanExporter(settings, spans: ServerSpan(epoch: epoch, isTLS: subject.isTLS), delivery: delivery)
        }
        metrics = start(.metrics) { origin, delivery in
            var settings = try environment.metricSettings()
            settings.origin = origin
            return MetricExporter(settings, delivery: delivery, wallClock: WallClock.nanoseconds)
        }
        self.clients = clients
    }

    private static func delivery(
        of signal: TelemetrySignal, _ environment: TracingEnvironment, _ clock: MonotonicClock, _ log: ServerLog
    ) throws -> (OTLPDelivery, UpstreamClient)? {
        guard let address = try environment.endpoint(of: signal) else { return nil }
        let headers = try environment.headers(of: signal)
        let timeout = try environment.timeout(of: signal)
        let client = try UpstreamClient(
            UpstreamClient.Server(
                host: address.host, port: address.port, isTLS: address.isTLS,
                authorities: environment.certificate(of: signal).map { [$0] } ?? []), clock: clock)
        let receiver = OTLPReceiver(
            client, authority: address.authority, target: address.path, headers: headers, timeout: timeout)
        let delivery = OTLPDelivery(to: receiver, rejected: signal.rejected) { reason in
            log.line("sparring: \(signal.items) are lost: \(address): \(reason)")
        }
        return (delivery, client)
    }

    var sinks: [any ExchangeSink] { exporter.map { [$0] } ?? [] }

    /// Sends the last spans and metrics. Must be called when no exchange is running. Lost spans and metrics are reported by lines in the
    /// log.
    func close() async {
        async let spans: Void? = exporter?.close(within: Self.patience)
        async let points: Void? = metrics?.close(within: Self.patience)
        _ = await (spans, points)
        for client in clients { client.close() }
        report(exporter?.queue.counts, .traces)
        report(metrics?.counts, .metrics)
    }

    private func report(_ counts: ExportCounts?, _ signal: TelemetrySignal) {
        guard let counts, counts.dropped > 0 else { return }
        log.line("sparring: \(counts.dropped) of \(counts.dropped + counts.sent) \(signal.items) were lost")
    }
}
