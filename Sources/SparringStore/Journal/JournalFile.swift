import GRDB
package import SparringExchange

/// Reads the exchanges of a journal through a read-only connection, also while a server writes it. The reader has the exchanges that the
/// file contained when it was opened.
package struct JournalFile: Sendable {
    private let queue: DatabaseQueue
    /// The lowest id, which is at position 0. Counting rows would read the whole file.
    private let first: Int64
    /// The number of positions. An exchange that another program has deleted leaves its position empty.
    package let count: Int
    /// The newest run: `scenario two-rate-limits, seed 1`; nil if there is no run.
    package let run: String?

    /// The number of bytes of each body that are read together with a row.
    private static let bodyBytes = 68 << 10

    package init(_ path: String) throws(JournalError) {
        // Version 3 added the columns of refusals.
        let file = try DatabaseFile.read(path, JournalSchema.kind, missing: "there is no such journal", oldest: 3) {
            db in
            let run = try Row.fetchOne(db, sql: "SELECT scenario, seed FROM runs ORDER BY id DESC LIMIT 1")
            let first = try Int64.fetchOne(db, sql: "SELECT min(id) FROM exchanges") ?? 0
            guard first >= 0 else { throw DamagedRow("an exchange has the id \(first)") }
            return (
                first: first, last: try Int64.fetchOne(db, sql: "SELECT max(id) FROM exchanges") ?? first - 1,
                run: try run.map {
                    "scenario \(try $0.value("scenario") as String), seed \(try $0.value("seed") as String)"
                }
            )
        }
        (queue, run) = (file.queue, file.result.run)
        first = file.result.first
        // A damaged file may contain the largest possible id.
        count = Int(min(file.result.last - first, .max - 1)) + 1
    }

    /// - Parameters:
    ///   - positions: the positions from 0, in the order in which the exchanges ended.
    ///   - filter: leaves out rows that SQLite can exclude. The caller has to apply the filter to the other rows.
    /// - Returns: the exchanges with the beginnings of their request bodies.
    package func exchanges(
        at positions: Range<Int>, for filter: ExchangeFilter? = nil
    ) throws -> [(position: Int, exchange: Exchange)] {
        guard let low = positions.first, let high = positions.last else { return [] }
        let condition = FilterCondition(filter)
        let bounds: [any DatabaseValueConvertible] = [first + Int64(low), first + Int64(high)]
        return try queue.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT e.*, substr(b.request, 1, \(Self.bodyBytes)) AS request
                    FROM exchanges e LEFT JOIN bodies b ON b.exchange = e.id
                    WHERE \((["e.id BETWEEN ? AND ?"] + condition.conditions).joined(separator: " AND ")) ORDER BY e.id
                    """,
                arguments: StatementArguments(bounds + condition.arguments)
            ).map { (position: Int(try $0.value("id") - first), exchange: try JournalReader.exchange($0)) }
        }
    }

    /// One exchange with both bodies.
    package struct Whole: Sendable {
        package var exchange: Exchange
        /// The head and the body, as planned; empty if the body was not kept.
        package var answer: [UInt8]
        package var requestBytes: Int
    }

    /// - Returns: nil if the exchange has been deleted.
    package func whole(at position: Int) throws -> Whole? {
        try queue.read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT e.*, b.request, b.answer FROM exchanges e LEFT JOIN bodies b ON b.exchange = e.id WHERE e.id = ?
                    """,
                arguments: [first + Int64(position)])
            guard let row else { return nil }
            let head = try row.withUnsafeData(named: "answer_head") { $0.map { Array($0) } ?? [] }
            let body = try row.withUnsafeData(named: "answer") { $0.map { Array($0) } }
            return Whole(
                exchange: try JournalReader.exchange(row), answer: body.map { head + $0 } ?? [],
                requestBytes: try row.value("request_bytes"))
        }
    }
}
