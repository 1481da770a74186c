package import SparringExchange

/// Passes on the exchanges that the other servers of a store have ended, as they end.
package protocol SharedNews: Sendable {
    /// Passes on the exchanges from now on. Returns at once, and calls `receive` on another thread.
    func start(_ receive: @escaping @Sendable (Exchange) -> Void)

    /// Ends what `start` began. Each call of one is followed by a call of the other.
    func stop()
}
