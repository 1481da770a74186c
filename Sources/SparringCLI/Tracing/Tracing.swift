import Foundation
import SparringCassette
import SparringExchange
import SparringHTTP

/// The traces of a running server. Traces are on if the environment names a receiver.
struct Tracing {
    /// Nil if traces are off.
    let exporter: SpanExporter?
    private let client: UpstreamClient?
    private let log: ServerLog

    /// The time limit for sending the last spans at the end of a run.
    private static let patience = Duration.seconds(5)

    /// - Parameters:
    ///   - version: Sparring's version.
    ///   - clock: the clock of the timelines.
    ///   - conceal: masks more of an exchange than the usual secrets.
    init(
        _ variables: [String: String] = ProcessInfo.processInfo.environment, version: String, scenario: String,
        seed: UInt64, isTLS: Bool, clock: MonotonicClock, log: ServerLog,
        conceal: (@Sendable (Exchange) -> Exchange)? = nil
    ) {
        self.log = log
        do {
            (exporter, client) = try Self.start(
                TracingEnvironment(variables), version: version, scenario: scenario, seed: seed, isTLS: isTLS,
                clock: clock, log: log,
                conceal: conceal)
        } catch {
            // The variables often belong to the program under test. Therefore a mistake in them does not stop the
            // server.
            log.line("sparring: traces are off: \(error)")
            (exporter, client) = (nil, nil)
        }
    }

    private static func start(
        _ environment: TracingEnvironment, version: String, scenario: String, seed: UInt64, isTLS: Bool,
        clock: MonotonicClock,
        log: ServerLog, conceal: (@Sendable (Exchange) -> Exchange)?
    ) throws -> (SpanExporter?, UpstreamClient?) {
        guard let address = try environment.endpoint() else { return (nil, nil) }
        let client = try UpstreamClient(
            UpstreamClient.Server(
                host: address.host, port: address.port, isTLS: address.isTLS,
                authorities: environment.certificate.map { [$0] } ?? []), clock: clock)
        var settings = try environment.settings(version: version, scenario: scenario, seed: seed)
        settings.conceal = conceal
        let receiver = SpanReceiver(
            client, authority: address.authority, target: address.path, headers: try environment.headers(),
            timeout: try environment.timeout())
        let spans = ServerSpan(epoch: WallClock.nanoseconds() - clock.now.nanoseconds, isTLS: isTLS)
        let exporter = SpanExporter(settings, spans: spans, receiver: receiver) { reason in
            log.line("sparring: spans are lost: \(address): \(reason)")
        }
        return (exporter, client)
    }

    var sinks: [any ExchangeSink] { exporter.map { [$0] } ?? [] }

    /// Sends the last spans. Must be called when no exchange is running. Lost spans are reported by a line in the log.
    func close() async {
        guard let exporter else { return }
        await exporter.close(within: Self.patience)
        client?.close()
        let counts = exporter.queue.counts
        guard counts.dropped > 0 else { return }
        log.line("sparring: \(counts.dropped) of \(counts.dropped + counts.sent) spans were lost")
    }
}
