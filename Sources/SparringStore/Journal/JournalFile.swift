import GRDB
package import SparringExchange

/// Reads the exchanges of a journal through a read-only connection, also while a server writes it. It has the exchanges that the
/// file had when it was opened.
package struct JournalFile: Sendable {
    private let queue: DatabaseQueue
    private let ids: [Int64]
    /// The newest run: `scenario two-rate-limits, seed 1`; nil without a run.
    package let run: String?

    package var count: Int { ids.count }

    /// The bytes of each body that are read with a row.
    private static let bodyBytes = 68 << 10

    package init(_ path: String) throws(JournalError) {
        // Version 3 added the columns of refusals.
        let file = try DatabaseFile.read(path, JournalSchema.kind, missing: "there is no such journal", oldest: 3) {
            db in
            let run = try Row.fetchOne(db, sql: "SELECT scenario, seed FROM runs ORDER BY id DESC LIMIT 1")
            return (
                ids: try Int64.fetchAll(db, sql: "SELECT id FROM exchanges ORDER BY id"),
                run: try run.map {
                    "scenario \(try $0.value("scenario") as String), seed \(try $0.value("seed") as String)"
                }
            )
        }
        (queue, ids, run) = (file.queue, file.result.ids, file.result.run)
    }

    /// - Parameter positions: from 0, in the order in which the exchanges ended.
    /// - Returns: the exchanges with the beginnings of their request bodies.
    package func exchanges(at positions: Range<Int>) throws -> [Exchange] {
        guard let first = positions.first, let last = positions.last else { return [] }
        return try queue.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT e.*, substr(b.request, 1, \(Self.bodyBytes)) AS request
                    FROM exchanges e LEFT JOIN bodies b ON b.exchange = e.id WHERE e.id BETWEEN ? AND ? ORDER BY e.id
                    """,
                arguments: [ids[first], ids[last]]
            ).map(JournalReader.exchange)
        }
    }

    /// One exchange with both bodies.
    package struct Whole: Sendable {
        package var exchange: Exchange
        /// Head and body, as planned; empty if the body was not kept.
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
                arguments: [ids[position]])
            guard let row else { return nil }
            let head = try row.withUnsafeData(named: "answer_head") { $0.map { Array($0) } ?? [] }
            let body = try row.withUnsafeData(named: "answer") { $0.map { Array($0) } }
            return Whole(
                exchange: try JournalReader.exchange(row), answer: body.map { head + $0 } ?? [],
                requestBytes: try row.value("request_bytes"))
        }
    }
}
