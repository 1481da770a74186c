import SparringExchange
import SparringHTTP
import SparringWire
import Synchronization

/// Measures finished calls for the export of metrics. Event loops only append the calls to a bounded queue; the measuring is done by other
/// threads, at the latest when the metrics are read.
final class CallMeter: ExchangeSink {
    private static let capacity = 8_192
    /// The number of waiting calls at which they are measured at once.
    private static let batch = 512

    private let queue = SpanQueue(capacity: capacity, batch: batch)
    private let spans: ServerSpan
    private let measurements = Mutex(CallMeasurements())

    init(_ spans: ServerSpan) { self.spans = spans }

    func receive(_ exchange: Exchange) {
        guard !exchange.isConnection, !exchange.decision.isAuxiliary else { return }
        var exchange = exchange
        // The measurements need no parameters of the request.
        exchange.request.body = []
        if queue.append(TracedCall(exchange, played: WireScript())) { Task { measure() } }
    }

    /// The metrics of the conventions, and the number of calls that these metrics lack.
    var families: [MetricFamily] {
        measure()
        let lost = MetricFamily(
            "sparring.unmeasured", .counter, unit: "{request}",
            help: "Calls that the metrics of the conventions do not count, because too many calls came at once.",
            points: [MetricFamily.Point([], .int(queue.counts.dropped))])
        return measurements.withLock(\.families) + [lost]
    }

    private func measure() {
        measurements.withLock { measurements in
            var ids = SystemRandomNumberGenerator()
            while true {
                let calls = queue.take()
                guard !calls.isEmpty else { return }
                for call in calls { measurements.add(call.exchange, spans.span(of: call, ids: &ids)) }
            }
        }
    }
}
