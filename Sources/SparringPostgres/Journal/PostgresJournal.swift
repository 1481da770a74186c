import Dispatch
import SparringEngine
package import SparringExchange
import SparringWire
import Synchronization

/// The journal of all servers that share sessions. An exchange is stored with the commit that decides its answer (`PostgresGrip`), so the
/// journal has every exchange whose answer a client has seen. This sink adds the timelines of the exchanges that this server has ended, in
/// batches.
///
/// While the database cannot be reached, timelines wait in memory, up to a limit. Further timelines are left out, and their exchanges stay
/// in the journal without an end.
package final class PostgresJournal: ExchangeSink, Journal {
    private let pool: PostgresPool
    private let replica: String
    private let now: @Sendable () -> Moment
    private let warn: @Sendable (String) -> Void
    private let thread = DispatchQueue(label: "shared journal", qos: .utility)
    private let state = Mutex(State())
    private let time = Mutex(StoreTime())

    private struct State {
        var waiting: [Exchange] = []
        /// The number of timeline entries in `waiting`.
        var entries = 0
        var isScheduled = false
        var isFailing = false
        /// The number of timelines that were left out.
        var lost = 0
    }

    /// How long timelines are collected before they are written.
    private static let delay = DispatchTimeInterval.milliseconds(50)
    /// The pause after a failure.
    private static let retryDelay = DispatchTimeInterval.seconds(1)
    /// The maximum numbers of waiting exchanges and of their timeline entries: about 100 MB.
    private static let most = (exchanges: 50_000, entries: 1_000_000)
    /// The maximum number of timelines in one transaction.
    private static let largestPiece = 500
    /// The maximum number of rows that are read at once.
    static let page = 500

    /// - Parameters:
    ///   - objects: the store whose database has the tables.
    ///   - replica: the name of this server.
    ///   - now: the clock of the timelines.
    ///   - warn: called with a sentence when timelines cannot be written.
    package init(
        beside objects: PostgresObjectStore, replica: String, now: @escaping @Sendable () -> Moment,
        warn: @escaping @Sendable (String) -> Void
    ) {
        // The journal has its own connections, so that a slow reader of the journal takes none from sessions or objects.
        var settings = objects.pool.settings
        settings.connections = 2
        pool = PostgresPool(objects.pool.location, settings)
        (self.replica, self.now, self.warn) = (replica, now, warn)
    }

    // MARK: Receiving

    package func receive(_ exchange: Exchange) {
        guard exchange.number > 0 else { return }
        // A timeline needs neither the body nor the headers.
        var short = exchange
        (short.request.body, short.request.headers, short.request.upload) = ([], [:], nil)
        let isFull = state.withLock { state in
            guard state.waiting.count < Self.most.exchanges, state.entries < Self.most.entries else {
                state.lost += 1
                return state.lost == 1
            }
            state.waiting.append(short)
            state.entries += exchange.timeline.entries.count
            schedule(&state)
            return false
        }
        if isFull { warn("the journal in \(pool.location) is behind: timelines are left out from now on") }
    }

    private func schedule(_ state: inout State) {
        guard !state.isScheduled else { return }
        state.isScheduled = true
        thread.asyncAfter(deadline: .now() + (state.isFailing ? Self.retryDelay : Self.delay)) { self.flushInTurn() }
    }

    // MARK: Writing, on `thread`

    private func flushInTurn() {
        state.withLock { $0.isScheduled = false }
        flush()
        state.withLock { if !$0.waiting.isEmpty { schedule(&$0) } }
    }

    private func flush() {
        while true {
            let piece = state.withLock { Array($0.waiting.prefix(Self.largestPiece)) }
            guard !piece.isEmpty else { return }
            do throws(PostgresProblem) {
                try write(piece)
                state.withLock { state in
                    state.waiting.removeFirst(piece.count)
                    state.entries -= piece.reduce(0) { $0 + $1.timeline.entries.count }
                    state.isFailing = false
                }
            } catch {
                let wasFailing = state.withLock { state in
                    defer { state.isFailing = true }
                    return state.isFailing
                }
                if !wasFailing { warn("the journal cannot be written: \(error). Trying again every second.") }
                return
            }
        }
    }

    private func write(_ exchanges: [Exchange]) throws(PostgresProblem) {
        let offset = try offset()
        let statements = exchanges.map { exchange in
            PostgresStatement(
                """
                UPDATE sparring.exchanges SET ending = $5
                WHERE session = $1 AND number = $2 AND replica = $3 AND connection = $4 AND ending IS NULL
                RETURNING id
                """,
                [
                    .text(exchange.session), .integer(exchange.number), .text(replica), .integer(exchange.connection),
                    .bytes(StoredExchange.ending(of: exchange, offset)),
                ])
        }
        // A second write of the same timelines changes nothing.
        try pool.repeatedTransaction { (loan) throws(PostgresProblem) in
            var ended: [Int] = []
            for rows in try loan.query(statements) { for row in rows { ended.append(try row.number(0)) } }
            let news = JournalNews(replica: replica, rows: ended)
            _ = try loan.query(
                news.payloads.map {
                    PostgresStatement("SELECT pg_notify($1, $2)::text", [.text(JournalNews.channel), .text($0)])
                })
        }
    }

    /// The difference between the database's clock and the moments of this server.
    private func offset() throws(PostgresProblem) -> StoreOffset {
        let microseconds = try pool.read { (loan) throws(PostgresProblem) in
            try loan.query("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint").first?.number(0) ?? 0
        }
        return time.withLock { $0.sample(Int64(microseconds) * 1_000, received: now()) }
    }

    // MARK: Reading

    /// The exchanges of all servers. Those of one session are in the order of their numbers, those of all sessions in the order of their
    /// commits. An exchange is available as soon as its answer is decided. The times are moments of this server.
    package func exchanges(_ query: JournalQuery) async throws -> [Exchange] {
        let result: Result<[Exchange], PostgresProblem> = await withCheckedContinuation { continuation in
            thread.async {
                self.flush()
                continuation.resume(returning: Result { () throws(PostgresProblem) in try self.read(query) })
            }
        }
        return try result.get()
    }

    /// The exchanges in the given rows. Rows that were deleted in the meantime are left out.
    func exchanges(ofRows ids: [Int]) throws(PostgresProblem) -> [Exchange] {
        let offset = try offset()
        let rows = try pool.read { (loan) throws(PostgresProblem) in
            try loan.query(
                """
                SELECT id, document, ending, replica, session FROM sparring.exchanges
                WHERE id = ANY ($1::text::bigint[]) ORDER BY id
                """, [.text("{" + ids.map(String.init).joined(separator: ",") + "}")])
        }
        var exchanges: [Exchange] = []
        for row in rows {
            if let exchange = try exchange(row, offset) { exchanges.append(exchange) }
        }
        return exchanges
    }

    private func exchange(_ row: PostgresRow, _ offset: StoreOffset) throws(PostgresProblem) -> Exchange? {
        let stored = StoredExchange.exchange(
            try row.bytes(1), ending: row.cells[2], replica: try row.text(3), offset)
        guard var exchange = stored else { return nil }
        // The document has the session's name with secrets masked.
        exchange.session = try row.text(4)
        return exchange
    }

    private func read(_ query: JournalQuery) throws(PostgresProblem) -> [Exchange] {
        let offset = try offset()
        // A text in PostgreSQL cannot contain NUL, so no exchange belongs to such a session.
        guard query.session?.utf8.contains(0) != true else { return [] }
        var exchanges: [Exchange] = []
        var last = query.after ?? 0
        if query.session == nil { last = 0 }
        while exchanges.count < query.limit {
            let rows = try page(of: query.session, after: last)
            for row in rows where exchanges.count < query.limit {
                last = try row.number(0)
                if let exchange = try exchange(row, offset), query.wants(exchange) { exchanges.append(exchange) }
            }
            if rows.count < Self.page { break }
        }
        return exchanges
    }

    private func page(of session: String?, after last: Int) throws(PostgresProblem) -> [PostgresRow] {
        try pool.read { (loan) throws(PostgresProblem) in
            guard let session else {
                return try loan.query(
                    """
                    SELECT id, document, ending, replica, session FROM sparring.exchanges
                    WHERE id > $1 ORDER BY id LIMIT \(Self.page)
                    """, [.integer(last)])
            }
            return try loan.query(
                """
                SELECT number, document, ending, replica, session FROM sparring.exchanges
                WHERE session = $1 AND number > $2 ORDER BY number LIMIT \(Self.page)
                """, [.text(session), .integer(last)])
        }
    }

    // MARK: Closing

    /// Writes the rest. No exchange may be received afterwards.
    /// - Returns: a sentence with the number of missing timelines; nil if no timeline is missing.
    package func close() async -> String? {
        await withCheckedContinuation { continuation in
            thread.async {
                self.flush()
                let missing = self.state.withLock { $0.lost + $0.waiting.count }
                continuation.resume(
                    returning: missing == 0
                        ? nil : "\(self.pool.location): \(missing) exchanges of the journal have no end")
            }
        }
    }
}
