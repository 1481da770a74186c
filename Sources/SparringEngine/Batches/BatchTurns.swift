import SparringExchange

/// Who works on batches, as operations on them see it.
protocol BatchTurns: Sendable {
    /// The batch has work.
    func add(_ key: ObjectKey)

    /// Does what is due.
    /// - Parameter steps: at most so many.
    /// - Returns: false if nothing is left to be done for now.
    @discardableResult
    func work(on key: ObjectKey, steps: Int, now: Moment) throws(StoreProblem) -> Bool
}
