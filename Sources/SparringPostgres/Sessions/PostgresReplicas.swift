package import SparringEngine

/// The servers that use a database, each with the time at which the server was last seen, by the clock of the database.
package final class PostgresReplicas: Sendable {
    private let pool: PostgresPool

    /// The time between two reports of a server. A server that has not reported for five times as long is lost.
    package static let interval = Duration.seconds(2)
    private static let lostAfter = 10

    /// Uses the database of a store that this server also uses.
    package init(beside objects: PostgresObjectStore) { pool = objects.pool }

    /// Opens the database only for reading, so no tables are made.
    package init(_ location: PostgresLocation) {
        pool = PostgresPool(location, PostgresSettings(connections: 1, name: "sparring status"))
    }

    /// Reports that a server is running, with its gauges. The report also deletes servers that were not seen for a day.
    package func report(
        _ name: String, address: String, version: String, gauges: ReplicaGauges = ReplicaGauges()
    ) throws(StoreProblem) {
        try write(
            """
            WITH old AS (DELETE FROM sparring.replicas WHERE seen_at < now() - interval '1 day' AND name <> $1)
            INSERT INTO sparring.replicas (name, address, sparring, gauges) VALUES ($1, $2, $3, $4)
            ON CONFLICT (name) DO UPDATE SET address = $2, sparring = $3, gauges = $4, seen_at = now(), ended = false,
                began_at = CASE WHEN sparring.replicas.ended THEN now() ELSE sparring.replicas.began_at END
            """, [.text(name), .text(address), .text(version), .text(gauges.text)])
    }

    package func end(_ name: String) throws(StoreProblem) {
        try write("UPDATE sparring.replicas SET ended = true, seen_at = now() WHERE name = $1", [.text(name)])
    }

    /// All servers that were seen within the last day, by name.
    package func all() throws(StoreProblem) -> [SharedReplica] {
        do throws(PostgresProblem) {
            return try pool.read { (loan) throws(PostgresProblem) in
                guard try loan.query("SELECT to_regclass('sparring.replicas') IS NOT NULL").first?.integer(0) == 1
                else {
                    throw PostgresProblem(
                        .statement, "\(pool.location) has no tables of Sparring; no server has used it")
                }
                // Tables of an older version, which `sparring status` also reads, have no gauges.
                let rows = try loan.query(
                    """
                    SELECT name, address, sparring, ended, extract(epoch FROM now() - seen_at)::bigint, (
                        SELECT count(*) FROM sparring.sessions
                        WHERE replica = replicas.name AND changed_at > now() - interval '1 minute'
                    ), coalesce(to_jsonb(replicas)->>'gauges', '{}') FROM sparring.replicas ORDER BY name
                    """)
                return try rows.map { (row) throws(PostgresProblem) in
                    let seen = try row.number(4)
                    return SharedReplica(
                        name: try row.text(0), address: try row.text(1), version: try row.text(2),
                        state: try row.number(3) == 1 ? .stopped : seen > Self.lostAfter ? .lost : .up, seen: seen,
                        sessions: try row.number(5),
                        gauges: ReplicaGauges(text: try row.text(6)))
                }
            }
        } catch {
            throw StoreProblem(error)
        }
    }

    private func write(_ sql: String, _ values: [PostgresValue]) throws(StoreProblem) {
        do throws(PostgresProblem) {
            _ = try pool.transaction { (loan) throws(PostgresProblem) in try loan.query(sql, values) }
        } catch {
            throw StoreProblem(error)
        }
    }
}
