import Foundation
import SparringCassette
import SparringExchange
import SparringHTTP

/// The traces of a running server: on if the environment names a receiver.
struct Tracing {
    /// Nil: traces are off.
    let exporter: SpanExporter?
    private let client: UpstreamClient?
    private let log: ServerLog

    /// How long the last spans may take at the end of a run.
    private static let patience = Duration.seconds(5)

    /// - Parameters:
    ///   - version: the version of Sparring.
    ///   - clock: the clock of the timelines.
    ///   - conceal: masks more of an exchange than is masked anyway.
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
            // The variables often belong to the program under test, so a mistake in them stops no server.
            log.line("sparring: no traces: \(error)")
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

    /// Sends the last spans; call it when no exchange is under way. A line of the log says how many were lost.
    func close() async {
        guard let exporter else { return }
        await exporter.close(within: Self.patience)
        client?.close()
        let counts = exporter.queue.counts
        guard counts.dropped > 0 else { return }
        log.line("sparring: \(counts.dropped) of \(counts.dropped + counts.sent) spans were lost")
    }
}
