package import SparringEngine

/// The totals of all servers. Each run of a server has its own rows.
package struct PostgresUsage: UsageStore {
    private let pool: PostgresPool
    /// A random number that identifies this run of the server, because a container that starts again has the same name as before.
    private let run = Int.random(in: 1 ... .max)

    /// The maximum number of lines in one transaction.
    private static let largestPiece = 500

    package init(beside objects: PostgresObjectStore) {
        var settings = objects.pool.settings
        settings.connections = 1
        pool = PostgresPool(objects.pool.location, settings)
    }

    package func write(_ lines: [StoredUsage], removing: OtherWidths) throws(StoreProblem) {
        var statements = lines.filter { !$0.session.utf8.contains(0) }.map { line in
            PostgresStatement(
                """
                INSERT INTO sparring.usage (run, session, line, life, document, width, start)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT (session, run, line, width, start)
                DO UPDATE SET life = excluded.life, document = excluded.document
                """,
                [
                    .integer(run), .text(line.session), .integer(line.line), .integer(line.life), .bytes(line.document),
                    .integer(line.interval?.width.seconds ?? 0), .integer(line.interval?.start ?? 0),
                ])
        }
        var largest = Self.largestPiece
        if case .allBut(let width) = removing {
            let sql = "DELETE FROM sparring.usage WHERE run = $1 AND width <> 0 AND width <> $2"
            statements.insert(PostgresStatement(sql, [.integer(run), .integer(width.seconds)]), at: 0)
            // All statements run in one transaction, so that a reader counts each call exactly once.
            largest = statements.count
        }
        do throws(PostgresProblem) {
            for start in stride(from: 0, to: statements.count, by: max(largest, 1)) {
                let piece = Array(statements[start..<min(start + largest, statements.count)])
                // A second write of the same totals changes nothing.
                try pool.repeatedTransaction { (loan) throws(PostgresProblem) in _ = try loan.query(piece) }
            }
        } catch {
            throw StoreProblem(error)
        }
    }

    package func usage(withIntervals: Bool) throws(StoreProblem) -> [StoredUsage] {
        do throws(PostgresProblem) {
            return try pool.read { (loan) throws(PostgresProblem) in
                let rows = try loan.query(
                    """
                    SELECT u.session, u.life, u.line, u.document, u.width, u.start FROM sparring.usage u
                    LEFT JOIN sparring.sessions s ON s.name = u.session
                    WHERE (u.session = '' OR s.life = u.life) AND u.width <= $1
                    ORDER BY u.session, u.line, u.start
                    """, [.integer(withIntervals ? .max : 0)])
                return try rows.map { (row) throws(PostgresProblem) in
                    // The width 0 marks totals.
                    let width = UsageWidth(rawValue: try row.number(4))
                    let start = try row.number(5)
                    return StoredUsage(
                        session: try row.text(0), life: try row.number(1), line: try row.number(2),
                        interval: width.map { StoredUsage.Interval(start: start, width: $0) },
                        document: try row.bytes(3))
                }
            }
        } catch {
            throw StoreProblem(error)
        }
    }
}
