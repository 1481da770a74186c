import SparringExchange

/// The worker on batches, as the operations on batches use it.
protocol BatchTurns: Sendable {
    /// Queues a batch that has work.
    func add(_ key: ObjectKey)

    /// Does the work that is due, in at most that many steps.
    /// - Returns: false if no work is left for now.
    @discardableResult
    func work(on key: ObjectKey, steps: Int, now: Moment) throws(StoreProblem) -> Bool
}
