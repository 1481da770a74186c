import GRDB

/// Keeps the bodies of a file within its budget. The oldest exchanges lose their bodies, and their rows get a mark of the deletion. The
/// other columns of the rows stay.
///
/// Pages that the deletion frees are reused. When the budget is used up, only the other columns make the file grow.
enum BodyBudget {
    /// Adds the bytes of a batch to the sum, and deletes bodies if the sum exceeds the budget. This work is a part of the batch's
    /// transaction.
    static func charge(_ bytes: Int, budget: Int, _ db: Database) throws {
        try db.cachedStatement(sql: "UPDATE body_budget SET bytes = bytes + ?").execute(arguments: [bytes])
        let total = try Int.fetchOne(db.cachedStatement(sql: "SELECT bytes FROM body_budget")) ?? 0
        guard total > budget else { return }
        try dropOldest(total - room(in: budget), db)
    }

    /// Frees a tenth of the budget more than needed, so that not every batch has to delete bodies.
    private static func room(in budget: Int) -> Int { budget - budget / 10 }

    private static func dropOldest(_ wanted: Int, _ db: Database) throws {
        guard let (range, freed) = try oldest(wanted, db) else { return }
        try db.execute(
            sql: "UPDATE exchanges SET body_dropped = ? WHERE id BETWEEN ? AND ? AND body_dropped IS NULL",
            arguments: [BodyDrop.budget.rawValue, range.lowerBound, range.upperBound])
        try db.execute(
            sql: "DELETE FROM bodies WHERE exchange BETWEEN ? AND ?", arguments: [range.lowerBound, range.upperBound])
        try db.execute(sql: "UPDATE body_budget SET bytes = bytes - ?", arguments: [freed])
    }

    /// The oldest exchanges whose bodies have at least this many bytes in total.
    private static func oldest(_ wanted: Int, _ db: Database) throws -> (range: ClosedRange<Int64>, bytes: Int)? {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT exchange, length(request) + length(answer) FROM bodies ORDER BY exchange")
        var bytes = 0
        var range: ClosedRange<Int64>?
        while bytes < wanted, let row = try rows.next() {
            let exchange: Int64 = try row.value(0)
            bytes += try row.value(1)
            range = (range?.lowerBound ?? exchange)...exchange
        }
        return range.map { ($0, bytes) }
    }
}
