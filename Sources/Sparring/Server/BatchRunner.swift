import SparringEngine
import SparringHTTP

/// Runs the steps of batches while the server runs.
struct BatchRunner: Sendable {
    private let task: Task<Void, Never>

    init(_ worker: BatchWorker, clock: MonotonicClock) throws(StoreProblem) {
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        // An unstructured task: it runs until the server ends it.
        task = Task.detached(priority: .utility) {
            for await _ in wakes {
                while !Task.isCancelled, worker.turn(now: clock.now) { await Task.yield() }
            }
        }
        try worker.run { wake.yield() }
    }

    /// Returns when the last step has ended.
    func stop() async {
        task.cancel()
        await task.value
    }
}
