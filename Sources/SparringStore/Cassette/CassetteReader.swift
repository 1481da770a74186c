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
            while let row = try rows.next() { try body(row.value("id"), exchange(row, db)) }
            return Cassette(key: try CassetteFacts.key(db), masked: try CassetteFacts.rules(db))
        }
        return (queue, header)
    }

    /// Opens a cassette and reads the data that `work` reads.
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
        let id: Int64 = try row.value("id")
        let cursor = try Row.fetchCursor(parts, arguments: [id])
        while let part = try cursor.next() {
            let bytes = try part.withUnsafeData(named: "bytes") { $0.map { Array($0) } ?? [] }
            exchange.answer?.append(bytes, try CassetteColumns.pieces(part.value("pieces"), of: bytes.count))
        }
        if exchange.isSocket { exchange.messages = try messages(of: id, db) }
        if let member = exchange.memberOutOfRange {
            throw DamagedRow("exchange \(id): '\(member)' is out of range")
        }
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
            guard let sender = RecordedMessage.Sender(rawValue: try row.value("sender")),
                let kind = MessageColumns.Kind(rawValue: try row.value("kind"))
            else { throw DamagedRow("a message has an unknown kind") }
            let content = try row.withUnsafeData(named: "content") { $0.map { Array($0) } ?? [] }
            messages.append(
                RecordedMessage(
                    at: try row.value("ns"), sender: sender,
                    content: MessageColumns(kind: kind, code: try row.value("code"), content: content).recorded))
        }
        return messages
    }

    private static func exchange(_ row: Row) throws -> RecordedExchange {
        let request = RecordedRequest(
            method: try row.value("method"), target: try row.value("target"), minorVersion: try row.value("http"),
            headers: try CassetteColumns.headers(row.value("headers")),
            body: try row.withUnsafeData(named: "request") { $0.map { Array($0) } ?? [] },
            fingerprint: (try row.value("fingerprint") as String?).flatMap { CassetteFingerprint(hex: $0) },
            isMasked: try row.value("request_masked"))
        var answer: RecordedAnswer?
        if let status = try row.value("status") as Int? {
            answer = RecordedAnswer(
                status: status, minorVersion: try row.value("answer_http"), reason: try row.value("reason"),
                headers: try CassetteColumns.headers(row.value("answer_headers")), headAt: try row.value("head_ns"),
                endAt: try row.value("ended_ns") ?? 0, isMasked: try row.value("answer_masked"))
        }
        let ending = (try row.value("ending") as String?).flatMap(RecordedEnding.init) ?? .unfinished
        return RecordedExchange(
            session: try row.value("session"), number: try row.value("number"), startedAt: try row.value("started_ns"),
            request: request,
            answer: answer, ending: ending)
    }
}
