/// A statement with one command, and its parameters.
struct PostgresStatement: Sendable, Hashable {
    var sql: String
    var values: [PostgresValue]

    init(_ sql: String, _ values: [PostgresValue] = []) {
        (self.sql, self.values) = (sql, values)
    }

    static let begin = PostgresStatement("BEGIN")
    static let commit = PostgresStatement("COMMIT")
}
