package import SparringExchange
package import SparringWire
import Synchronization

/// Sends a span for each finished exchange to an OpenTelemetry receiver. Event loops only append to a queue. A separate
/// task makes, encodes and sends the spans.
package final class SpanExporter: ExchangeSink {
    package struct Settings: Sendable {
        package var sampling = TracedCall.Sampling.asParent(otherwise: true)
        /// The maximum number of calls that wait in the queue.
        package var capacity = 2048
        /// The maximum number of spans of one export request.
        package var batch = 512
        /// How long a span waits for others.
        package var delay = Duration.seconds(5)
        /// The pauses before the second and later attempts of an export request.
        package var pauses: [Duration] = [.seconds(1), .seconds(2), .seconds(4)]
        /// The source of the spans: `service.name` and the like.
        package var resource: [(String, String)] = []
        /// The version of Sparring.
        package var version = ""
        /// Masks more of an exchange than `Redaction` does.
        package var conceal: (@Sendable (Exchange) -> Exchange)?

        package init() {}
    }

    package let queue: SpanQueue
    private let settings: Settings
    private let spans: ServerSpan
    private let receiver: SpanReceiver
    private let wakes: AsyncStream<Void>.Continuation
    private let work: Mutex<Task<Void, Never>?>
    private let problem = Mutex<String?>(nil)

    /// - Parameter report: called once, with the first reason for which spans were dropped.
    package init(
        _ settings: Settings, spans: ServerSpan, receiver: SpanReceiver, report: @escaping @Sendable (String) -> Void
    ) {
        self.settings = settings
        self.spans = spans
        self.receiver = receiver
        queue = SpanQueue(capacity: settings.capacity, batch: settings.batch)
        let (stream, wakes) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.wakes = wakes
        work = Mutex(nil)
        let task = Task { [self] in
            let ticks = Task { [delay = settings.delay] in
                while (try? await Task.sleep(for: delay)) != nil { wakes.yield() }
            }
            for await _ in stream { await drain(report) }
            ticks.cancel()
        }
        work.withLock { $0 = task }
    }

    package func receive(_ exchange: Exchange) { receive(exchange, played: WireScript()) }

    package func receive(_ exchange: Exchange, played script: WireScript) {
        guard !exchange.isConnection, settings.sampling.wants(TraceParent(exchange.request)) else { return }
        if queue.append(TracedCall(exchange, played: script)) { wakes.yield() }
    }

    /// Sends the waiting spans, for at most this time, and drops the rest. Must be called when no exchange is running.
    package func close(within bound: Duration) async {
        wakes.yield()
        wakes.finish()
        guard let task = work.withLock({ $0 }) else { return }
        let end = Task.detached {
            guard (try? await Task.sleep(for: bound)) != nil else { return }
            task.cancel()
        }
        await task.value
        end.cancel()
        queue.close()
    }

    private func drain(_ report: @Sendable (String) -> Void) async {
        var ids = SystemRandomNumberGenerator()
        while !Task.isCancelled {
            let calls = queue.take()
            guard !calls.isEmpty else { return }
            let spans = calls.map { call in
                var call = call
                if let conceal = settings.conceal { call.exchange = conceal(call.exchange) }
                return self.spans.span(of: call, ids: &ids)
            }
            let body = OTLPTraces.body(spans, resource: settings.resource, version: settings.version)
            let (taken, reason) = await send(body, count: spans.count)
            queue.count(sent: taken, dropped: spans.count - taken)
            if let reason { complain(reason, report) }
        }
    }

    /// - Returns: the number of spans that the receiver accepted, and the reason if it did not accept all.
    private func send(_ body: [UInt8], count: Int) async -> (taken: Int, reason: String?) {
        var pauses = settings.pauses[...]
        while true {
            switch await receiver.send(body) {
            case .taken(let answer):
                let rejected = min(count, max(0, OTLPTraces.rejected(in: answer)))
                return (count - rejected, rejected > 0 ? "the receiver rejected \(rejected)" : nil)
            case .refused(let reason): return (0, reason)
            case .busy(let reason):
                guard let pause = pauses.popFirst(), (try? await Task.sleep(for: pause)) != nil else {
                    return (0, reason)
                }
            }
        }
    }

    private func complain(_ reason: String, _ report: @Sendable (String) -> Void) {
        let isFirst = problem.withLock { problem in
            defer { problem = problem ?? reason }
            return problem == nil
        }
        if isFirst { report(reason) }
    }
}
