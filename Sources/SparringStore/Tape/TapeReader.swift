import GRDB
import SparringTape
import SparringWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads a tape's database through a read-only connection, so that several programs can read it at once.
enum TapeReader {
    static func read(_ path: String) throws(JournalError) -> Tape {
        var exchanges: [TapedExchange] = []
        let (_, header) = try read(path) { exchanges.append($1) }
        return Tape(key: header.key, masked: header.masked, exchanges: exchanges)
    }

    /// Reads one exchange at a time, in the order of the tape.
    /// - Parameter body: called with each exchange and the id of its row.
    /// - Returns: the tape without its exchanges, and the connection.
    static func read(
        _ path: String, _ body: (Int64, TapedExchange) throws -> Void
    ) throws(JournalError) -> (queue: DatabaseQueue, header: Tape) {
        guard access(path, F_OK) == 0 else {
            throw .foreign(path, "there is no such tape. `sparring record` creates one.")
        }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            let queue = try DatabaseQueue(path: path.hasPrefix("/") ? path : "./" + path, configuration: configuration)
            let header = try queue.read { db in
                guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == TapeSchema.applicationID else {
                    throw JournalError.foreign(path, "is a database of another program, not a tape.")
                }
                let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
                guard version <= TapeSchema.version else {
                    throw JournalError.foreign(
                        path,
                        "was written by a newer Sparring (tape version \(version), this one knows \(TapeSchema.version))."
                    )
                }
                let rows = try Row.fetchCursor(db, sql: "SELECT * FROM exchanges ORDER BY id")
                while let row = try rows.next() { try body(row["id"], try exchange(row, db)) }
                return Tape(key: try TapeFacts.key(db), masked: try TapeFacts.rules(db))
            }
            return (queue, header)
        } catch let error as JournalError {
            throw error
        } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
            throw .foreign(path, "is not an SQLite database, so it is not a tape")
        } catch let error as DatabaseError where error.resultCode.primaryResultCode == .SQLITE_CORRUPT {
            throw .foreign(path, "is damaged: \(error.message ?? "SQLite cannot read it")")
        } catch {
            throw .unusable(path, "cannot be read: \(error)")
        }
    }

    static func exchange(_ id: Int64, _ db: Database) throws -> TapedExchange? {
        try Row.fetchOne(db, sql: "SELECT * FROM exchanges WHERE id = ?", arguments: [id]).map { try exchange($0, db) }
    }

    private static func exchange(_ row: Row, _ db: Database) throws -> TapedExchange {
        let parts = try db.cachedStatement(sql: "SELECT pieces, bytes FROM parts WHERE exchange = ? ORDER BY position")
        var exchange = try exchange(row)
        let id: Int64 = row["id"]
        let cursor = try Row.fetchCursor(parts, arguments: [id])
        while let part = try cursor.next() {
            let bytes = try part.withUnsafeData(named: "bytes") { $0.map { Array($0) } ?? [] }
            exchange.answer?.append(bytes, try TapeColumns.pieces(part["pieces"]))
        }
        return exchange
    }

    private static func exchange(_ row: Row) throws -> TapedExchange {
        let request = TapedRequest(
            method: row["method"], target: row["target"], minorVersion: row["http"],
            headers: try TapeColumns.headers(row["headers"]),
            body: try row.withUnsafeData(named: "request") { $0.map { Array($0) } ?? [] },
            fingerprint: (row["fingerprint"] as String?).flatMap { TapeFingerprint(hex: $0) },
            isMasked: row["request_masked"])
        var answer: TapedAnswer?
        if let status = row["status"] as Int? {
            answer = TapedAnswer(
                status: status, minorVersion: row["answer_http"], reason: row["reason"],
                headers: try TapeColumns.headers(row["answer_headers"]), headAt: row["head_ns"],
                endAt: row["ended_ns"] ?? 0, isMasked: row["answer_masked"])
        }
        let ending = (row["ending"] as String?).flatMap(TapedEnding.init) ?? .unfinished
        return TapedExchange(
            session: row["session"], number: row["number"], startedAt: row["started_ns"], request: request,
            answer: answer, ending: ending)
    }
}
