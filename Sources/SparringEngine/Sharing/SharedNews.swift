package import SparringExchange

/// Passes on the exchanges of the other servers of a store, each when it ends.
package protocol SharedNews: Sendable {
    /// Passes on the exchanges from now on. Returns at once, and calls `receive` on another thread.
    func start(_ receive: @escaping @Sendable (Exchange) -> Void)

    /// Ends the work that `start` began. Every call of `start` is followed by a call of `stop`.
    func stop()
}
