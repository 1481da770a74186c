import GRDB
import SparringCassette
import SparringWire

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
        let (queue, header) = try open(path) { db in
            let rows = try Row.fetchCursor(db, sql: "SELECT * FROM exchanges ORDER BY id")
            while let row = try rows.next() { try body(row["id"], try exchange(row, db)) }
            return Cassette(key: try CassetteFacts.key(db), masked: try CassetteFacts.rules(db))
        }
        return (queue, header)
    }

    /// Opens a cassette and reads what `work` reads.
    static func open<Result>(
        _ path: String, _ work: (Database) throws -> Result
    ) throws(JournalError) -> (queue: DatabaseQueue, result: Result) {
        try DatabaseFile.read(
            path, CassetteSchema.kind, missing: "there is no such cassette. `sparring record` creates one.", work)
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
        if exchange.isSocket { exchange.messages = try messages(of: id, db) }
        return exchange
    }

    private static func messages(of id: Int64, _ db: Database) throws -> [RecordedMessage] {
        guard try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0 >= CassetteSchema.firstWithMessages else {
            return []
        }
        let rows = try Row.fetchCursor(
            db, sql: "SELECT ns, sender, kind, code, content FROM messages WHERE exchange = ? ORDER BY position",
            arguments: [id])
        var messages: [RecordedMessage] = []
        while let row = try rows.next() {
            guard let sender = RecordedMessage.Sender(rawValue: row["sender"]),
                let kind = MessageColumns.Kind(rawValue: row["kind"])
            else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a message has an unknown kind") }
            let content = try row.withUnsafeData(named: "content") { $0.map { Array($0) } ?? [] }
            messages.append(
                RecordedMessage(
                    at: row["ns"], sender: sender,
                    content: MessageColumns(kind: kind, code: row["code"], content: content).recorded))
        }
        return messages
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
