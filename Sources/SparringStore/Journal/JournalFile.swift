import GRDB
package import SparringExchange

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads the exchanges of a journal through a read-only connection, also while a server writes it. It has the exchanges that the
/// file had when it was opened.
package struct JournalFile: Sendable {
    private let queue: DatabaseQueue
    private let ids: [Int64]
    /// The newest run: `scenario two-rate-limits, seed 1`; nil without a run.
    package let run: String?

    package var count: Int { ids.count }

    /// The bytes of each body that rows are read with.
    private static let bodyBytes = 68 << 10

    package init(_ path: String) throws(JournalError) {
        guard access(path, F_OK) == 0 else { throw .foreign(path, "there is no such journal") }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            queue = try DatabaseQueue(
                path: path.hasPrefix("/") ? path : "./" + path, configuration: configuration)
            (ids, run) = try queue.read { db in
                try Self.check(db, path)
                let run = try Row.fetchOne(
                    db, sql: "SELECT scenario, seed FROM runs ORDER BY id DESC LIMIT 1")
                return (
                    try Int64.fetchAll(db, sql: "SELECT id FROM exchanges ORDER BY id"),
                    run.map { "scenario \($0["scenario"] as String), seed \($0["seed"] as String)" }
                )
            }
        } catch let error as JournalError {
            throw error
        } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
            throw .foreign(path, "is not an SQLite database, so it is not a journal")
        } catch let error as DatabaseError where error.resultCode.primaryResultCode == .SQLITE_CORRUPT {
            throw .foreign(path, "is damaged: \(error.message ?? "SQLite cannot read it")")
        } catch {
            throw .unusable(path, "cannot be read: \(error)")
        }
    }

    private static func check(_ db: Database, _ path: String) throws {
        guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == JournalSchema.applicationID else {
            throw JournalError.foreign(path, "is a database of another program, not a journal.")
        }
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard version <= JournalSchema.version else {
            throw JournalError.foreign(
                path,
                "was written by a newer Sparring (journal version \(version), this one knows \(JournalSchema.version)). "
                    + "Use that version to look at it.")
        }
        guard version >= 3 else {
            throw JournalError.foreign(
                path,
                "was written by an older Sparring. `sparring serve --db` with this file brings it up to date."
            )
        }
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
                requestBytes: row["request_bytes"])
        }
    }
}
