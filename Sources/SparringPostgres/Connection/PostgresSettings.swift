/// How a process uses the database.
package struct PostgresSettings: Sendable, Hashable {
    /// The maximum number of connections at once, in addition to the connection for claims.
    package var connections: Int
    /// How long a call waits for a connection and for its statements, in all attempts together.
    package var patience: Duration
    /// The process's name in `pg_stat_activity`.
    package var name: String

    package init(connections: Int = 8, patience: Duration = .seconds(10), name: String = "sparring") {
        self.connections = connections
        self.patience = patience
        self.name = name
    }
}
