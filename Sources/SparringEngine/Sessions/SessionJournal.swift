package import SparringExchange

/// The journal in memory, read from the sessions' logs. The journal contains an exchange as soon as its answer is decided; a running one
/// has an incomplete timeline.
package struct SessionJournal: Journal {
    private let sessions: SessionRegistry

    package init(_ sessions: SessionRegistry) { self.sessions = sessions }

    /// Within one session, exchanges are sorted by number; across sessions, by start time.
    package func exchanges(_ query: JournalQuery) async throws -> [Exchange] {
        guard query.session == nil else {
            return Array(found(in: query.session.flatMap(sessions.existing), query).prefix(query.limit))
        }
        let all = sessions.all.flatMap { found(in: $0, query) }
        let byStart = all.map { (start: $0.startedAt, exchange: $0) }.sorted { $0.start < $1.start }
        return byStart.prefix(query.limit).map(\.exchange)
    }

    private func found(in session: Session?, _ query: JournalQuery) -> [Exchange] {
        (session?.exchanges ?? []).filter(query.wants)
    }
}

extension JournalQuery {
    /// True if the query selects the exchange, ignoring the limit.
    package func wants(_ exchange: Exchange) -> Bool {
        if let session, exchange.session != session { return false }
        if let endpoint, exchange.decision.endpoint != endpoint { return false }
        if let status, exchange.decision.status != status { return false }
        if let after, exchange.number <= after { return false }
        if let since, exchange.startedAt < since { return false }
        if let filter, !filter.selects(exchange) { return false }
        return true
    }
}
