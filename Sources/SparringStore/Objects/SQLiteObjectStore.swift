import GRDB
package import SparringAPI
package import SparringEngine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Stores files, uploads and batches in an SQLite file. The bytes of a file are never completely in memory.
///
/// A commit is one transaction. After the server was killed, the file contains every commit.
package final class SQLiteObjectStore: ObjectStore {
    private let database: any DatabaseWriter

    /// Opens a store in a file that is kept.
    package init(_ file: StoreFile) throws(StoreProblem) {
        database = file.pool
        // Deletes uploads that a killed server has not completed. More recent uploads may belong to another running server.
        try write { try $0.execute(sql: Self.dropAbandoned, arguments: [time(nil) - 86_400]) }
    }

    /// Opens a store in a file without a name, which is deleted when the server ends.
    package init() throws(StoreProblem) {
        do {
            var configuration = Configuration()
            configuration.label = "objects"
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA page_size = 16384") }
            // SQLite treats an empty path as a private database on disk.
            let queue = try DatabaseQueue(path: "", configuration: configuration)
            try queue.write { db in
                for statement in ObjectSchema.tables + ObjectSchema.indexes { try db.execute(sql: statement) }
            }
            database = queue
        } catch {
            throw StoreProblem(error)
        }
    }

    private static let dropAbandoned = "DELETE FROM blobs WHERE session IS NULL AND made_at < ?"

    private func read<Value>(_ work: (Database) throws -> Value) throws(StoreProblem) -> Value {
        do { return try database.read(work) } catch { throw StoreProblem(error) }
    }

    private func write<Value>(_ work: (Database) throws -> Value) throws(StoreProblem) -> Value {
        do { return try database.write(work) } catch { throw StoreProblem(error) }
    }

    // MARK: Records

    package func record(_ key: ObjectKey) throws(StoreProblem) -> ObjectRecord? {
        try read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT \(Self.columns) FROM objects WHERE session = ? AND kind = ? AND object = ?")
            let rows = try Row.fetchCursor(statement, arguments: [key.session, key.kind.rawValue, key.id])
            return try rows.next().map { try Self.record($0, key.session, key.kind) }
        } ?? nil
    }

    package func page(_ session: String, _ kind: ObjectKind, tag: String?, unixTime: Int, _ query: ListQuery)
        throws(StoreProblem) -> ListPage<ObjectRecord>
    {
        let page = ObjectPage(session: session, kind: kind, tag: tag, unixTime: unixTime, query: query)
        let records = try read { db in try page.records(db) }
        return ListPage(
            elements: records.prefix(query.limit).map { ($0.key.id, $0) }, hasMore: records.count > query.limit)
    }

    package func all(_ kind: ObjectKind, tag: String) throws(StoreProblem) -> [ObjectRecord] {
        try read { db in
            let rows = try Row.fetchCursor(
                db, sql: "SELECT \(Self.columns), session FROM objects WHERE kind = ? AND tag = ? ORDER BY id",
                arguments: [kind.rawValue, tag])
            var records: [ObjectRecord] = []
            while let row = try rows.next() { records.append(try Self.record(row, row.value(5), kind)) }
            return records
        }
    }

    /// The columns that `record` reads by position, because a look-up by name compares every name in lower case.
    fileprivate static let columns = "object, tag, ends_at, json, revision"

    /// - Parameter row: a row of a cursor, which is valid until the cursor's next step. A copy of each row would take most of the time of a
    ///   long page.
    fileprivate static func record(_ row: Row, _ session: String, _ kind: ObjectKind) throws -> ObjectRecord {
        ObjectRecord(
            key: ObjectKey(session: session, kind: kind, id: try row.value(0)), tag: try row.value(1),
            endsAt: try row.value(2), json: try row.withUnsafeData(atIndex: 3) { $0.map { Array($0) } ?? [] },
            revision: try row.value(4))
    }

    // MARK: Changes

    package func commit(_ changes: [ObjectChange]) throws(StoreProblem) -> Bool {
        do {
            try database.write { db in
                for change in changes { try Self.make(change, db) }
            }
            return true
        } catch is Overtaken {
            return false
        } catch {
            throw StoreProblem(error)
        }
    }

    /// Another caller has changed the record, so the transaction is rolled back.
    private struct Overtaken: Error {}

    private static func make(_ change: ObjectChange, _ db: Database) throws {
        switch change {
        case .put(let record) where record.revision == 0:
            // Ids are reused when a session is reset. The first revision is random, so that a caller with an older
            // record of the same id cannot commit.
            let statement = try db.cachedStatement(
                sql: """
                    INSERT OR IGNORE INTO objects (session, kind, object, tag, ends_at, json, revision)
                    VALUES (?, ?, ?, ?, ?, ?, abs(random() % 1000000000000) + 1)
                    """)
            try statement.execute(
                arguments: [
                    record.key.session, record.key.kind.rawValue, record.key.id, record.tag, record.endsAt,
                    String(decoding: record.json, as: UTF8.self),
                ])
            guard db.changesCount == 1 else { throw Overtaken() }
        case .put(let record):
            let statement = try db.cachedStatement(
                sql: """
                    UPDATE objects SET tag = ?, ends_at = ?, json = ?, revision = revision + 1
                    WHERE session = ? AND kind = ? AND object = ? AND revision = ?
                    """)
            try statement.execute(
                arguments: [
                    record.tag, record.endsAt, String(decoding: record.json, as: UTF8.self), record.key.session,
                    record.key.kind.rawValue, record.key.id, record.revision,
                ])
            guard db.changesCount == 1 else { throw Overtaken() }
        case .remove(let key, let revision):
            try db.execute(
                sql: "DELETE FROM objects WHERE session = ? AND kind = ? AND object = ? AND revision = ?",
                arguments: [key.session, key.kind.rawValue, key.id, revision])
            guard db.changesCount == 1 else { throw Overtaken() }
        case .keep(let blob, let session):
            try db.execute(
                sql: "UPDATE blobs SET session = ? WHERE id = ?", arguments: [session, blob.number])
        case .drop(let blob): try db.execute(sql: "DELETE FROM blobs WHERE id = ?", arguments: [blob.number])
        case .discard(let blob):
            try db.execute(sql: "DELETE FROM blobs WHERE id = ? AND session IS NULL", arguments: [blob.number])
        case .append(let bytes, let blob): try append(bytes, to: blob, db)
        }
    }

    package func forget(session: String) throws(StoreProblem) {
        try write { db in
            try db.execute(sql: "DELETE FROM objects WHERE session = ?", arguments: [session])
            try db.execute(sql: "DELETE FROM blobs WHERE session = ?", arguments: [session])
        }
    }

    // MARK: Bytes

    package func makeBlob() throws(StoreProblem) -> BlobID {
        try write { db in
            try db.cachedStatement(sql: "INSERT INTO blobs (made_at) VALUES (?)").execute(arguments: [time(nil)])
            return BlobID(number: db.lastInsertedRowID)
        }
    }

    package func append(_ bytes: [UInt8], to blob: BlobID) throws(StoreProblem) {
        try write { try Self.append(bytes, to: blob, $0) }
    }

    private static func append(_ bytes: [UInt8], to blob: BlobID, _ db: Database) throws {
        guard !bytes.isEmpty else { return }
        let length = try Int.fetchOne(
            db.cachedStatement(sql: "UPDATE blobs SET length = length + ? WHERE id = ? RETURNING length"),
            arguments: [bytes.count, blob.number])
        guard let length else { return }
        var row = RowBuffer()
        row.clear()
        row.integer(blob.number)
        row.integer(length - bytes.count)
        row.blob(bytes)
        try db.cachedStatement(sql: "INSERT INTO chunks (blob, start, bytes) VALUES (?, ?, ?)").insert(row, db)
    }

    package func read(_ blob: BlobID, from offset: Int, count: Int) throws(StoreProblem) -> [UInt8] {
        try read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT start, bytes FROM chunks WHERE blob = ? AND start <= ? ORDER BY start DESC LIMIT 1")
            // The row belongs to the cursor and is valid only until the cursor's next step.
            let rows = try Row.fetchCursor(statement, arguments: [blob.number, offset])
            guard let row = try rows.next() else { return [] }
            let start: Int = try row.value(0)
            guard start >= 0 else { throw DamagedRow("a part of a file begins at \(start)") }
            let skipped = offset - start
            return try row.withUnsafeData(atIndex: 1) { data in
                guard let data, skipped < data.count else { return [] }
                return Array(data.dropFirst(skipped).prefix(count))
            }
        }
    }
}

extension StoreProblem {
    init(_ error: any Error) {
        if let problem = error as? StoreProblem {
            self = problem
        } else {
            self.init((error as? DatabaseError)?.message ?? "\(error)")
        }
    }
}

/// A query for a page of records.
private struct ObjectPage {
    let session: String
    let kind: ObjectKind
    let tag: String?
    let unixTime: Int
    let query: ListQuery

    /// If there are more records than the limit, returns one record more than the limit.
    func records(_ db: Database) throws -> [ObjectRecord] {
        var conditions = ["session = ?", "kind = ?", "(ends_at IS NULL OR ends_at > ?)"]
        var arguments: [any DatabaseValueConvertible] = [session, kind.rawValue, unixTime]
        if let tag {
            conditions.append("tag = ?")
            arguments.append(tag)
        }
        let isAscending = query.order == .ascending
        if let after = query.after {
            guard let place = try place(of: after, db) else { return [] }
            conditions.append(isAscending ? "id > ?" : "id < ?")
            arguments.append(place)
        }
        if let before = query.before, let place = try place(of: before, db) {
            conditions.append(isAscending ? "id < ?" : "id > ?")
            arguments.append(place)
        }
        arguments.append(query.limit + 1)
        // There are few different conditions, so each statement is compiled only once.
        let statement = try db.cachedStatement(
            sql: """
                SELECT \(SQLiteObjectStore.columns) FROM objects WHERE \(conditions.joined(separator: " AND "))
                ORDER BY id \(isAscending ? "ASC" : "DESC") LIMIT ?
                """)
        let rows = try Row.fetchCursor(statement, arguments: StatementArguments(arguments))
        var records: [ObjectRecord] = []
        records.reserveCapacity(query.limit + 1)
        while let row = try rows.next() { records.append(try SQLiteObjectStore.record(row, session, kind)) }
        return records
    }

    private func place(of id: String, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM objects WHERE session = ? AND kind = ? AND object = ?"),
            arguments: [session, kind.rawValue, id])
    }
}
