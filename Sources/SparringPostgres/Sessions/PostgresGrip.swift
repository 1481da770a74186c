import SparringEngine
import Synchronization

/// The lock on a session's row, in a transaction that lasts until the session's changes are committed.
final class PostgresGrip: SessionGrip {
    private let session: String
    private let replica: String
    private let pool: PostgresPool
    let reading: SessionReading
    /// The lease; nil after the end of the transaction.
    private let lease: Mutex<PostgresPool.Lease?>

    /// Waits until no other server has the row.
    init(_ session: String, known: Int, replica: String, _ pool: PostgresPool) throws(PostgresProblem) {
        self.session = session
        self.replica = replica
        self.pool = pool
        let (lease, reading) = try pool.lease { (loan) throws(PostgresProblem) in
            try Self.lock(session, known: known, loan)
        }
        self.reading = reading
        self.lease = Mutex(lease)
    }

    deinit { release() }

    private static func lock(_ session: String, known: Int, _ loan: PostgresPool.Loan) throws(PostgresProblem)
        -> SessionReading
    {
        let select = PostgresStatement(
            """
            SELECT version, state, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
            FROM sparring.sessions WHERE name = $1 FOR UPDATE
            """, [.text(session)])
        var rows = try loan.query([.begin, select])[1]
        // The row may not exist yet. If the row is new, the server that inserts it is the first that has it.
        while true {
            if let row = rows.first {
                let version = try row.number(0)
                // The time may be from before the wait for the row, but is never later than the time of the answer.
                return SessionReading(
                    version: version, state: version == known ? [] : try row.bytes(1),
                    entries: version == known ? [] : try entries(session, after: known, loan),
                    time: Int64(try row.number(2)) * 1_000)
            }
            try make(session, loan)
            rows = try loan.query(select.sql, select.values)
        }
    }

    private static func make(_ session: String, _ loan: PostgresPool.Loan) throws(PostgresProblem) {
        _ = try loan.query(
            "INSERT INTO sparring.sessions (name, version, state) VALUES ($1, 0, '') ON CONFLICT DO NOTHING",
            [.text(session)])
    }

    private static func entries(_ session: String, after known: Int, _ loan: PostgresPool.Loan)
        throws(PostgresProblem) -> [SessionEntry]
    {
        let rows = try loan.query(
            "SELECT kind, key, value FROM sparring.session_entries WHERE session = $1 AND version > $2",
            [.text(session), .integer(known)])
        var entries: [SessionEntry] = []
        for row in rows {
            guard let table = SessionTable(rawValue: try row.number(0)) else { continue }
            entries.append(
                SessionEntry(table, UInt64(bitPattern: Int64(try row.number(1))), Int64(try row.number(2))))
        }
        return entries
    }

    // MARK: The end

    func release() {
        guard let lease = lease.withLock({ $0.take() }) else { return }
        // A connection that cannot roll back is closed, which also rolls back.
        do throws(PostgresProblem) {
            try lease.end { (loan) throws(PostgresProblem) in try loan.run("ROLLBACK") }
        } catch {}
    }

    func commit(_ writing: SessionWriting) throws(StoreProblem) {
        do throws(PostgresProblem) { try write(writing) } catch { throw StoreProblem(error) }
    }

    /// Commits. If the connection breaks, the same commit is made on another connection, unless the first commit succeeded after all, or
    /// another server has committed in the meantime. No commit is made twice.
    private func write(_ writing: SessionWriting) throws(PostgresProblem) {
        guard let lease = lease.withLock({ $0.take() }) else {
            throw PostgresProblem(.statement, "the session was released already")
        }
        let token = Int.random(in: 1 ... .max)
        do throws(PostgresProblem) {
            return try lease.end { (loan) throws(PostgresProblem) in try send(writing, token, loan) }
        } catch  where error.endsConnection {
            try resend(writing, token)
        }
    }

    private func resend(_ writing: SessionWriting, _ token: Int) throws(PostgresProblem) {
        do throws(PostgresProblem) {
            try pool.repeatedTransaction { (loan) throws(PostgresProblem) in
                // The row of a new session was removed together with the transaction.
                if reading.version == 0 { try Self.make(session, loan) }
                let row = try loan.query(
                    "SELECT version, token FROM sparring.sessions WHERE name = $1 FOR UPDATE", [.text(session)]
                ).first
                let version = try row?.integer(0) ?? 0
                if version == reading.version + 1, try row?.integer(1) == token { return }
                guard version == reading.version else {
                    throw PostgresProblem(
                        .statement, "the connection broke, and another server has changed the session since")
                }
                _ = try loan.query(changes(writing, token))
            }
        } catch  where error.endsConnection {
            throw PostgresProblem(
                .unknownOutcome, "it is unknown whether the change was made, because \(error.description)")
        }
    }

    private func send(_ writing: SessionWriting, _ token: Int, _ loan: PostgresPool.Loan) throws(PostgresProblem) {
        do throws(PostgresProblem) {
            _ = try loan.query(changes(writing, token) + [.commit])
        } catch {
            if !error.endsConnection { try loan.run("ROLLBACK") }
            throw error
        }
    }

    private func changes(_ writing: SessionWriting, _ token: Int) -> [PostgresStatement] {
        let version = reading.version + 1
        var statements: [PostgresStatement] = []
        for table in writing.cleared where reading.version > 0 {
            statements.append(
                PostgresStatement(
                    "DELETE FROM sparring.session_entries WHERE session = $1 AND kind = $2",
                    [.text(session), .integer(table.rawValue)]))
        }
        if case .some(let text) = writing.scenario {
            statements.append(
                PostgresStatement(
                    "UPDATE sparring.sessions SET scenario = nullif($2, '') WHERE name = $1",
                    [.text(session), .text(text ?? "")]))
        }
        statements.append(state(writing, version, token))
        return statements + exchanges(writing)
    }

    /// The main part of a commit: the state, and the entries that have changed.
    private func state(_ writing: SessionWriting, _ version: Int, _ token: Int) -> PostgresStatement {
        let values: [PostgresValue] = [
            .text(session), .integer(version), .bytes(writing.state), .integer(token), .text(replica),
            .integer(writing.life),
        ]
        let update = """
            UPDATE sparring.sessions SET version = $2, state = $3, token = $4, replica = $5, life = $6, changed_at = now()
            WHERE name = $1
            """
        guard !writing.entries.isEmpty else { return PostgresStatement(update, values) }
        func list(_ value: (SessionEntry) -> Int64) -> PostgresValue {
            .text("{" + writing.entries.map { String(value($0)) }.joined(separator: ",") + "}")
        }
        return PostgresStatement(
            """
            WITH entries AS (
                INSERT INTO sparring.session_entries (session, kind, key, value, version)
                SELECT $1, kind, key, value, $2 FROM
                    unnest($7::text::smallint[], $8::text::bigint[], $9::text::bigint[]) AS changed (kind, key, value)
                ON CONFLICT (session, kind, key) DO UPDATE SET value = excluded.value, version = excluded.version
            )
            \(update)
            """,
            values + [list { Int64($0.table.rawValue) }, list { Int64(bitPattern: $0.key) }, list(\.value)])
    }

    /// The journal's part of a commit: it contains every exchange whose answer a client has seen.
    private func exchanges(_ writing: SessionWriting) -> [PostgresStatement] {
        var statements: [PostgresStatement] = []
        // After a restart, the numbers begin with 1 again.
        if reading.version > 0, let last = writing.scenario == nil ? writing.forgotten : .max {
            statements.append(
                PostgresStatement(
                    "DELETE FROM sparring.exchanges WHERE session = $1 AND number <= $2",
                    [.text(session), .integer(last)]))
        }
        if reading.version > 0, writing.scenario != nil {
            statements.append(
                PostgresStatement("DELETE FROM sparring.usage WHERE session = $1", [.text(session)]))
        }
        for exchange in writing.exchanges {
            statements.append(
                PostgresStatement(
                    """
                    INSERT INTO sparring.exchanges (session, number, replica, connection, document) VALUES ($1, $2, $3, $4, $5)
                    """,
                    [
                        .text(session), .integer(exchange.number), .text(replica), .integer(exchange.connection),
                        .bytes(exchange.document),
                    ]))
        }
        return statements
    }

    func scenario() throws(StoreProblem) -> String? {
        do throws(PostgresProblem) {
            return try lease.withLock { lease throws(PostgresProblem) in
                let row = try lease?.loan.query(
                    "SELECT scenario FROM sparring.sessions WHERE name = $1", [.text(session)]
                ).first
                guard let bytes = row?.cells.first ?? nil else { return nil }
                return String(decoding: bytes, as: UTF8.self)
            }
        } catch {
            throw StoreProblem(error)
        }
    }
}
