package import SparringEngine

/// Sessions in PostgreSQL. A server has a session as long as its transaction has locked the session's row. PostgreSQL makes the other
/// servers wait, and frees the row when the connection ends, also after SIGKILL. Sessions therefore do not depend on any clock.
package final class PostgresSessions: SessionStore {
    private let pool: PostgresPool
    /// The name of this server in the rows that it commits.
    private let replica: String

    /// The maximum number of sessions that this server has at once.
    private static let connections = 16

    /// - Parameters:
    ///   - objects: the store whose database has the tables.
    ///   - replica: the name of this server.
    package init(beside objects: PostgresObjectStore, replica: String) {
        // Sessions do not use the connections for objects: work that has a session may wait for an object, but work on an object never
        // waits for a session. There are more connections for sessions, because each of them mostly waits for the disk of the database.
        var settings = objects.pool.settings
        settings.connections = max(settings.connections, Self.connections)
        pool = PostgresPool(objects.pool.location, settings)
        self.replica = replica
    }

    package func take(_ session: String, known: Int) throws(StoreProblem) -> any SessionGrip {
        // A text in PostgreSQL cannot contain NUL.
        guard !session.utf8.contains(0) else { throw StoreProblem("the session's name contains NUL") }
        do throws(PostgresProblem) {
            return try PostgresGrip(session, known: known, replica: replica, pool)
        } catch {
            throw StoreProblem(error)
        }
    }

    package func names() throws(StoreProblem) -> [String] {
        try read { (loan) throws(PostgresProblem) in
            let rows = try loan.query("SELECT name FROM sparring.sessions WHERE version > 0 ORDER BY name")
            return try rows.map { (row) throws(PostgresProblem) in try row.text(0) }
        }
    }

    package func contains(_ session: String) throws(StoreProblem) -> Bool {
        guard !session.utf8.contains(0) else { return false }
        return try read { (loan) throws(PostgresProblem) in
            try !loan.query("SELECT 1 FROM sparring.sessions WHERE name = $1 AND version > 0", [.text(session)]).isEmpty
        }
    }

    private func read<Value>(_ work: (PostgresPool.Loan) throws(PostgresProblem) -> Value) throws(StoreProblem) -> Value
    {
        do throws(PostgresProblem) { return try pool.read(work) } catch { throw StoreProblem(error) }
    }
}
