/// Which exchanges of a journal are wanted. What is nil does not restrict.
package struct JournalQuery: Sendable, Hashable {
    package var session: String?
    /// As in `Exchange.Decision.endpoint`.
    package var endpoint: String?
    package var status: Int?
    /// Exchanges that began at this moment or later.
    package var since: Moment?
    /// Exchanges with a greater number in their session.
    package var after: Int?
    /// At most so many, the oldest first.
    package var limit: Int

    package init(
        session: String? = nil, endpoint: String? = nil, status: Int? = nil, since: Moment? = nil, after: Int? = nil,
        limit: Int = 100
    ) {
        self.session = session
        self.endpoint = endpoint
        self.status = status
        self.since = since
        self.after = after
        self.limit = limit
    }
}

/// What can be asked for exchanges that have ended: the ring in memory, or a store.
package protocol Journal: Sendable {
    /// In the order in which they ended.
    func exchanges(_ query: JournalQuery) async throws -> [Exchange]
}
