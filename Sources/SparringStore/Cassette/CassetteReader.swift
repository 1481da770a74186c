import GRDB
import SparringCassette
import SparringWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads a cassette's database through a read-only connection, so that several programs can read it at once.
enum CassetteReader {
    static func read(_ path: String) throws(JournalError) -> Cassette {
        var exchanges: [RecordedExchange] = []
        let (_, header) = try read(path) { exchanges.append($1) }
        return Cassette(key: header.key, masked: header.masked, exchanges: exchanges)
    }

    /// Reads one exchange at a time, in the order of the cassette.
    /// - Parameter body: called with each exchange and the id of its row.
    /// - Returns: the cassette without its exchanges, and the connection.
    static func read(
        _ path: String, _ body: (Int64, RecordedExchange) throws -> Void
    ) throws(JournalError) -> (queue: DatabaseQueue, header: Cassette) {
        guard access(path, F_OK) == 0 else {
            throw .foreign(path, "there is no such cassette. `sparring record` creates one.")
        }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            let queue = try DatabaseQueue(path: path.hasPrefix("/") ? path : "./" + path, configuration: configuration)
            let header = try queue.read { db in
                guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == CassetteSchema.applicationID else {
                    throw JournalError.foreign(path, "is a database of another program, not a cassette.")
                }
                let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
                guard version <= CassetteSchema.version else {
                    throw JournalError.foreign(
                        path,
                        "was written by a newer Sparring (cassette version \(version), this one knows \(CassetteSchema.version))."
                    )
                }
                let rows = try Row.fetchCursor(db, sql: "SELECT * FROM exchanges ORDER BY id")
                while let row = try rows.next() { try body(row["id"], try exchange(row, db)) }
                return Cassette(key: try CassetteFacts.key(db), masked: try CassetteFacts.rules(db))
            }
            return (queue, header)
        } catch let error as JournalError {
            throw error
        } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
            throw .foreign(path, "is not an SQLite database, so it is not a cassette")
        } catch let error as DatabaseError where error.resultCode.primaryResultCode == .SQLITE_CORRUPT {
            throw .foreign(path, "is damaged: \(error.message ?? "SQLite cannot read it")")
        } catch {
            throw .unusable(path, "cannot be read: \(error)")
        }
    }

    static func exchange(_ id: Int64, _ db: Database) throws -> RecordedExchange? {
        try Row.fetchOne(db, sql: "SELECT * FROM exchanges WHERE id = ?", arguments: [id]).map { try exchange($0, db) }
    }

    private static func exchange(_ row: Row, _ db: Database) throws -> RecordedExchange {
        let parts = try db.cachedStatement(sql: "SELECT pieces, bytes FROM parts WHERE exchange = ? ORDER BY position")
        var exchange = try exchange(row)
        let id: Int64 = row["id"]
        let cursor = try Row.fetchCursor(parts, arguments: [id])
        while let part = try cursor.next() {
            let bytes = try part.withUnsafeData(named: "bytes") { $0.map { Array($0) } ?? [] }
            exchange.answer?.append(bytes, try CassetteColumns.pieces(part["pieces"]))
        }
        return exchange
    }

    private static func exchange(_ row: Row) throws -> RecordedExchange {
        let request = RecordedRequest(
            method: row["method"], target: row["target"], minorVersion: row["http"],
            headers: try CassetteColumns.headers(row["headers"]),
            body: try row.withUnsafeData(named: "request") { $0.map { Array($0) } ?? [] },
            fingerprint: (row["fingerprint"] as String?).flatMap { CassetteFingerprint(hex: $0) },
            isMasked: row["request_masked"])
        var answer: RecordedAnswer?
        if let status = row["status"] as Int? {
            answer = RecordedAnswer(
                status: status, minorVersion: row["answer_http"], reason: row["reason"],
                headers: try CassetteColumns.headers(row["answer_headers"]), headAt: row["head_ns"],
                endAt: row["ended_ns"] ?? 0, isMasked: row["answer_masked"])
        }
        let ending = (row["ending"] as String?).flatMap(RecordedEnding.init) ?? .unfinished
        return RecordedExchange(
            session: row["session"], number: row["number"], startedAt: row["started_ns"], request: request,
            answer: answer, ending: ending)
    }
}
