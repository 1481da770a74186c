import Synchronization

/// Runs a piece of work after each interval, whenever it is requested, and once more at the end: one run at a time.
final class PeriodicWork: Sendable {
    private let wakes: AsyncStream<Void>.Continuation
    private let task: Task<Void, Never>

    /// - Parameter clock: measures the intervals.
    init(every interval: Duration, _ clock: any Clock<Duration>, _ work: @escaping @Sendable () async -> Void) {
        // All requests that arrive during a run cause one further run.
        let (stream, wakes) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.wakes = wakes
        task = Task {
            let ticks = Task {
                while (try? await clock.sleep(for: interval)) != nil { wakes.yield() }
            }
            for await _ in stream { await work() }
            ticks.cancel()
        }
    }

    func wake() { wakes.yield() }

    /// Lets the work run once more. After this time, the task of the work is cancelled.
    func close(within bound: Duration) async {
        wakes.yield()
        wakes.finish()
        let end = Task.detached { [task] in
            guard (try? await Task.sleep(for: bound)) != nil else { return }
            task.cancel()
        }
        await task.value
        end.cancel()
    }
}
