package import SparringExchange
package import SparringWire
import Synchronization

/// Sends a span for each finished exchange to an OpenTelemetry receiver. Event loops only append the exchange to a queue. A separate
/// task makes, encodes and sends the spans.
package final class SpanExporter: ExchangeSink {
    package struct Settings: Sendable {
        package var sampling = TracedCall.Sampling.asParent(otherwise: true)
        /// The maximum number of calls that wait in the queue.
        package var capacity = 2048
        /// The maximum number of spans of one export request.
        package var batch = 512
        /// How long a span waits for other spans, to be sent with them.
        package var delay = Duration.seconds(5)
        package var origin = OTLPOrigin()
        /// Masks more of an exchange than `Redaction` does.
        package var conceal: (@Sendable (Exchange) -> Exchange)?

        package init() {}
    }

    package let queue: SpanQueue
    private let settings: Settings
    private let spans: ServerSpan
    private let delivery: OTLPDelivery
    private let work = Mutex<PeriodicWork?>(nil)

    package init(_ settings: Settings, spans: ServerSpan, delivery: OTLPDelivery) {
        self.settings = settings
        self.spans = spans
        self.delivery = delivery
        queue = SpanQueue(capacity: settings.capacity, batch: settings.batch)
        let work = PeriodicWork(every: settings.delay, ContinuousClock()) { [self] in await drain() }
        self.work.withLock { $0 = work }
    }

    package func receive(_ exchange: Exchange) { receive(exchange, played: WireScript()) }

    package func receive(_ exchange: Exchange, played script: WireScript) {
        guard !exchange.isConnection, settings.sampling.wants(TraceParent(exchange.request)) else { return }
        if queue.append(TracedCall(exchange, played: script)) { work.withLock(\.self)?.wake() }
    }

    /// Sends the waiting spans, for at most this time, and drops the rest. Must be called when no exchange is running.
    package func close(within bound: Duration) async {
        await work.withLock(\.self)?.close(within: bound)
        queue.close()
    }

    private func drain() async {
        var ids = SystemRandomNumberGenerator()
        while !Task.isCancelled {
            let calls = queue.take()
            guard !calls.isEmpty else { return }
            let spans = calls.map { call in
                var call = call
                if let conceal = settings.conceal { call.exchange = conceal(call.exchange) }
                return self.spans.span(of: call, ids: &ids)
            }
            let taken = await delivery.deliver(OTLPTraces.body(spans, from: settings.origin), count: spans.count)
            queue.count(sent: taken, dropped: spans.count - taken)
        }
    }
}
