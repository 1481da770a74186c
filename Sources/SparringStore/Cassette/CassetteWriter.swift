import GRDB
import SparringAPI
import SparringCassette
import SparringJSON
import SparringWire

/// Writes entries into a cassette's database. The writer blocks, so `CassetteStore` calls it on its own queue.
final class CassetteWriter: CassetteWriting {
    private let pool: DatabasePool
    let key: FingerprintKey
    /// The exchanges that have not ended, by their number during the recording.
    private var open: [Int: OpenRow] = [:]
    private var numbers: [String: Int] = [:]

    private struct OpenRow {
        var id: Int64
        var parts = 0
        var messages = 0
    }

    /// - Parameters:
    ///   - masked: the additional masking rules of the entries, as text.
    ///   - key: the key for a new cassette; if nil, a random key.
    init(_ path: String, masked: [String], key wanted: FingerprintKey? = nil) throws(JournalError) {
        pool = try DatabaseFile.open(path, CassetteSchema.kind)
        do {
            // Deleted data must not stay in the file.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA secure_delete = ON") }
            key = try pool.write { try CassetteFacts.prepare($0, masked: masked, key: wanted) }
            numbers = try pool.read { db in
                let rows = try Row.fetchAll(db, sql: "SELECT session, max(number) FROM exchanges GROUP BY session")
                return Dictionary(uniqueKeysWithValues: rows.map { ($0[0] as String, $0[1] as Int) })
            }
        } catch {
            throw .unusable(path, "cannot be written: \(error)")
        }
    }

    func write(_ entries: [(exchange: Int, entry: CassetteEntry)]) throws {
        let (open, numbers) = (open, numbers)
        do {
            try pool.write { db in for (exchange, entry) in entries { try write(entry, of: exchange, db) } }
        } catch {
            // The entries will be written again from the start.
            (self.open, self.numbers) = (open, numbers)
            throw error
        }
    }

    /// Closes the database. No entry may be written after this call.
    func close() throws {
        pool.invalidateReadOnlyConnections()
        try pool.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
        try pool.close()
    }

    private func write(_ entry: CassetteEntry, of exchange: Int, _ db: Database) throws {
        if case .request(let request, let session, let startedAt) = entry {
            numbers[session, default: 0] += 1
            let number = numbers[session] ?? 1
            open[exchange] = OpenRow(id: try insert(request, session: session, number: number, startedAt, db))
            return
        }
        guard var row = open[exchange] else { return }
        switch entry {
        case .request: break
        case .head(let head): try update(row.id, head, db)
        case .part(let bytes, let pieces):
            row.parts += 1
            open[exchange] = row
            var columns = RowBuffer()
            columns.clear()
            columns.integer(row.id)
            columns.integer(row.parts)
            columns.text(CassetteColumns.text(pieces))
            columns.blob(bytes)
            try db.cachedStatement(sql: "INSERT INTO parts (exchange, position, pieces, bytes) VALUES (?, ?, ?, ?)")
                .insert(columns, db)
        case .message(let message):
            row.messages += 1
            open[exchange] = row
            try insert(message, row, db)
        case .ending(let ending, let at, let isMasked):
            open[exchange] = nil
            try db.cachedStatement(sql: "UPDATE exchanges SET ending = ?, ended_ns = ?, answer_masked = ? WHERE id = ?")
                .execute(arguments: [ending.rawValue, at, isMasked, row.id])
        case .dropped:
            open[exchange] = nil
            try db.execute(sql: "DELETE FROM parts WHERE exchange = ?", arguments: [row.id])
            try db.execute(sql: "DELETE FROM messages WHERE exchange = ?", arguments: [row.id])
            try db.execute(sql: "DELETE FROM exchanges WHERE id = ?", arguments: [row.id])
        }
    }

    private func insert(
        _ request: RecordedRequest, session: String, number: Int, _ startedAt: Int64, _ db: Database
    ) throws -> Int64 {
        var columns = RowBuffer()
        columns.clear()
        columns.text(session)
        columns.integer(number)
        columns.integer(startedAt)
        columns.text(request.method)
        columns.text(request.target)
        columns.text(request.endpoint?.rawValue)
        columns.text(request.model)
        columns.integer(request.minorVersion)
        columns.text(CassetteColumns.text(request.headers))
        columns.blob(request.body)
        columns.flag(request.isMasked)
        columns.text(request.fingerprint?.hex)
        try db.cachedStatement(
            sql: """
                INSERT INTO exchanges (session, number, started_ns, method, target, endpoint, model, http, headers, request,
                    request_masked, fingerprint) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).insert(columns, db)
        return db.lastInsertedRowID
    }

    private func insert(_ message: RecordedMessage, _ row: OpenRow, _ db: Database) throws {
        let facts = MessageColumns(message)
        var columns = RowBuffer()
        columns.clear()
        columns.integer(row.id)
        columns.integer(row.messages)
        columns.integer(message.at)
        columns.text(message.sender.rawValue)
        columns.text(facts.kind.rawValue)
        if let code = facts.code { columns.integer(code) } else { columns.null() }
        columns.blob(facts.content)
        try db.cachedStatement(
            sql: """
                INSERT INTO messages (exchange, position, ns, sender, kind, code, content) VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).insert(columns, db)
    }

    private func update(_ id: Int64, _ head: RecordedAnswer, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                UPDATE exchanges SET status = ?, answer_http = ?, reason = ?, answer_headers = ?, head_ns = ? WHERE id = ?
                """
        ).execute(arguments: [
            head.status, head.minorVersion, head.reason, CassetteColumns.text(head.headers), head.headAt, id,
        ])
    }
}
