import SparringAPI
import SparringEngine

/// A query for a page of records.
struct PostgresPage {
    let session: String
    let kind: ObjectKind
    let tag: String?
    /// The session time, in Unix seconds.
    let unixTime: Int
    let query: ListQuery

    /// The columns that `record` reads, by position.
    static let columns = "object, tag, ends_at, json, revision"

    static func record(_ row: PostgresRow, _ session: String, _ kind: ObjectKind) throws(PostgresProblem)
        -> ObjectRecord
    {
        ObjectRecord(
            key: ObjectKey(session: session, kind: kind, id: try row.text(0)), tag: try row.text(1),
            endsAt: try row.integer(2), json: try row.bytes(3), revision: try row.number(4))
    }

    /// If there are more records than the limit, returns one record more than the limit.
    func records(_ loan: PostgresPool.Loan) throws(PostgresProblem) -> [ObjectRecord] {
        var conditions = ["session = $1", "kind = '\(kind.rawValue)'", "(ends_at IS NULL OR ends_at > $2)"]
        var values: [PostgresValue] = [.text(session), .integer(unixTime)]
        func add(_ condition: String, _ value: PostgresValue) {
            values.append(value)
            conditions.append("\(condition) $\(values.count)")
        }
        let isAscending = query.order == .ascending
        if let tag { add("tag =", .text(tag)) }
        if let after = query.after {
            guard let place = try place(of: after, loan) else { return [] }
            add(isAscending ? "id >" : "id <", .integer(place))
        }
        if let before = query.before, let place = try place(of: before, loan) {
            add(isAscending ? "id <" : "id >", .integer(place))
        }
        values.append(.integer(query.limit + 1))
        // There are few different conditions, so each statement is prepared only once.
        let rows = try loan.query(
            """
            SELECT \(Self.columns) FROM sparring.objects WHERE \(conditions.joined(separator: " AND "))
            ORDER BY id \(isAscending ? "ASC" : "DESC") LIMIT $\(values.count)
            """, values)
        var records: [ObjectRecord] = []
        records.reserveCapacity(rows.count)
        for row in rows { records.append(try Self.record(row, session, kind)) }
        return records
    }

    /// The place of a record in the order of creation; nil if there is no such record.
    private func place(of id: String, _ loan: PostgresPool.Loan) throws(PostgresProblem) -> Int? {
        // A text in PostgreSQL cannot contain NUL.
        guard !id.utf8.contains(0) else { return nil }
        let key = ObjectKey(session: session, kind: kind, id: id)
        return try loan.query("SELECT id FROM sparring.objects WHERE key = $1", [.text(key.text)]).first?.number(0)
    }
}

extension ObjectKey {
    /// The value of the column `key`: a different text for each key, whatever characters the session and the id have.
    var text: String { "\(session.utf8.count) \(session) \(kind.rawValue) \(id)" }
}
