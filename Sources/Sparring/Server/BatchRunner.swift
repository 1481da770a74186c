import SparringEngine
import SparringHTTP

/// Runs the steps of batches while the server runs.
struct BatchRunner: Sendable {
    private let task: Task<Void, Never>
    /// Continues batches of other servers after these servers have ended; nil if no other servers use the store.
    private let watch: Task<Void, Never>?

    /// How long a batch of a killed server waits until this server continues it, if no client requests the batch before.
    private static let pause = Duration.seconds(2)

    init(_ worker: BatchWorker, clock: MonotonicClock) throws(StoreProblem) {
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        // An unstructured task: the task runs until the server ends it.
        task = Task.detached(priority: .utility) {
            for await _ in wakes {
                while !Task.isCancelled, worker.turn(now: clock.now) { await Task.yield() }
            }
        }
        watch =
            worker.sharesStore
            ? Task.detached(priority: .utility) {
                while !Task.isCancelled {
                    try? await Task.sleep(for: Self.pause)
                    // A store that fails now is tried again later; requests report the failure.
                    try? worker.lookForWork()
                }
            } : nil
        try worker.run { wake.yield() }
    }

    /// Returns when the last step has ended.
    func stop() async {
        watch?.cancel()
        await watch?.value
        task.cancel()
        await task.value
    }
}
