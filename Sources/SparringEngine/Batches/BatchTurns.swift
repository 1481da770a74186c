import SparringExchange

/// The batch worker's interface for the operations on batches.
protocol BatchTurns: Sendable {
    /// Queues a batch that has work.
    func add(_ key: ObjectKey)

    /// Does the work that is due, in at most this many steps.
    /// - Returns: false if no work is left for now.
    @discardableResult
    func work(on key: ObjectKey, steps: Int, now: Moment) throws(StoreProblem) -> Bool
}
