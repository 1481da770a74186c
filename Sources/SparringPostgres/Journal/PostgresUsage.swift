package import SparringEngine

/// The totals of all servers. Each run of a server has rows of its own.
package struct PostgresUsage: UsageStore {
    private let pool: PostgresPool
    /// Identifies this run of the server: a container that starts again has the same name as before.
    private let run = Int.random(in: 1 ... .max)

    /// The most lines of one transaction.
    private static let largestPiece = 500

    package init(beside objects: PostgresObjectStore) {
        var settings = objects.pool.settings
        settings.connections = 1
        pool = PostgresPool(objects.pool.location, settings)
    }

    package func write(_ lines: [StoredUsage]) throws(StoreProblem) {
        let statements = lines.filter { !$0.session.utf8.contains(0) }.map { line in
            PostgresStatement(
                """
                INSERT INTO sparring.usage (run, session, line, life, document) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (session, run, line) DO UPDATE SET life = excluded.life, document = excluded.document
                """,
                [
                    .integer(run), .text(line.session), .integer(line.line), .integer(line.life), .bytes(line.document),
                ])
        }
        do throws(PostgresProblem) {
            for start in stride(from: 0, to: statements.count, by: Self.largestPiece) {
                let piece = Array(statements[start..<min(start + Self.largestPiece, statements.count)])
                // A second write of the same totals changes nothing.
                try pool.repeatedTransaction { (loan) throws(PostgresProblem) in _ = try loan.query(piece) }
            }
        } catch {
            throw StoreProblem(error)
        }
    }

    package func usage() throws(StoreProblem) -> [StoredUsage] {
        do throws(PostgresProblem) {
            return try pool.read { (loan) throws(PostgresProblem) in
                let rows = try loan.query(
                    """
                    SELECT u.session, u.life, u.line, u.document FROM sparring.usage u
                    LEFT JOIN sparring.sessions s ON s.name = u.session WHERE u.session = '' OR s.life = u.life
                    ORDER BY u.session, u.line
                    """)
                return try rows.map { (row) throws(PostgresProblem) in
                    StoredUsage(
                        session: try row.text(0), life: try row.number(1), line: try row.number(2),
                        document: try row.bytes(3))
                }
            }
        } catch {
            throw StoreProblem(error)
        }
    }
}
