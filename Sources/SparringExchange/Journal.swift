/// A filter of a journal's exchanges. A nil property does not filter.
package struct JournalQuery: Sendable, Hashable {
    package var session: String?
    /// As `Exchange.Decision.endpoint`.
    package var endpoint: String?
    package var status: Int?
    /// Exchanges that began at this moment or later.
    package var since: Moment?
    /// The exchanges whose number in their session is greater than this number.
    package var after: Int?
    /// A filter in the language of the live page. A journal on disk applies this filter to the exchanges that the other properties select.
    package var filter: ExchangeFilter?
    /// The maximum number of exchanges to return, the oldest first.
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

/// A source of finished exchanges: the log in memory, or a store.
package protocol Journal: Sendable {
    /// Returns exchanges in the order in which they ended.
    func exchanges(_ query: JournalQuery) async throws -> [Exchange]
}
