package import SparringExchange
import Synchronization

/// Sends the metrics of a server to an OpenTelemetry receiver, after each interval and at the end. Calls never wait for an export: each
/// export reads the metrics once, and is one request.
package final class MetricExporter: Sendable {
    package struct Settings: Sendable {
        /// The time between two exports.
        package var interval = Duration.seconds(60)
        /// The time limit of one export with all its attempts.
        package var timeout = Duration.seconds(30)
        package var origin = OTLPOrigin()

        package init() {}
    }

    private struct State {
        var starts: MetricStarts
        var counts = ExportCounts()
        var work: PeriodicWork?
    }

    private let settings: Settings
    private let delivery: OTLPDelivery
    private let clock: any Clock<Duration>
    private let wallClock: @Sendable () -> Int64
    private let state: Mutex<State>

    /// - Parameters:
    ///   - clock: measures the intervals and the time limit.
    ///   - wallClock: nanoseconds since 1970.
    package init(
        _ settings: Settings, delivery: OTLPDelivery, clock: any Clock<Duration> = ContinuousClock(),
        wallClock: @escaping @Sendable () -> Int64
    ) {
        self.settings = settings
        self.delivery = delivery
        self.clock = clock
        self.wallClock = wallClock
        state = Mutex(State(starts: MetricStarts(wallClock())))
    }

    /// The data points that were sent and lost so far.
    package var counts: ExportCounts { state.withLock(\.counts) }

    /// Begins to export. Must be called once.
    /// - Parameter source: reads the metrics. The closure is called on a thread that may wait.
    package func start(_ source: @escaping @Sendable () -> [MetricFamily]) {
        let work = PeriodicWork(every: settings.interval, clock) { [self] in await export(source()) }
        state.withLock { $0.work = work }
    }

    /// Exports once more, within at most this time. Must be called when no exchange is running.
    package func close(within bound: Duration) async {
        await state.withLock { $0.work }?.close(within: bound)
    }

    private func export(_ families: [MetricFamily]) async {
        var families = families
        let now = wallClock()
        state.withLock { $0.starts.mark(&families, at: now) }
        let count = families.reduce(0) { $0 + $1.points.count }
        guard count > 0 else { return }
        let body = OTLPMetrics.body(families, at: now, from: settings.origin)
        let delivering = Task { [delivery] in await delivery.deliver(body, count: count) }
        let limit = Task { [clock, settings] in
            if (try? await clock.sleep(for: settings.timeout)) != nil { delivering.cancel() }
        }
        let taken = await withTaskCancellationHandler {
            await delivering.value
        } onCancel: {
            delivering.cancel()
        }
        limit.cancel()
        state.withLock {
            $0.counts.sent += taken
            $0.counts.dropped += count - taken
        }
    }
}
