package import SparringAPI
package import SparringEngine

/// Stores files, uploads, batches and collections in PostgreSQL, for several servers at once.
///
/// A commit is one transaction. A commit has the same meaning as in `SQLiteObjectStore`: it makes all changes or none, and none if another
/// server has changed a record since it was read.
package final class PostgresObjectStore: ObjectStore {
    let pool: PostgresPool
    private let claims: PostgresClaims

    /// Connects, and makes the tables if the database has no tables of Sparring.
    package init(_ location: PostgresLocation, _ settings: PostgresSettings = PostgresSettings()) throws(StoreProblem) {
        pool = PostgresPool(location, settings)
        claims = PostgresClaims(pool)
        do throws(PostgresProblem) {
            try PostgresSchema.prepare(pool)
            // Deletes uploads that killed servers have not completed. More recent uploads may belong to a running server.
            _ = try pool.transaction { (loan) throws(PostgresProblem) in
                try loan.query(Self.dropAbandoned)
            }
        } catch {
            throw StoreProblem(error)
        }
    }

    private static let dropAbandoned = """
        DELETE FROM sparring.blobs WHERE session IS NULL AND made_at < now() - interval '1 day'
        """

    /// The maximum number of bytes in one row.
    static let chunk = 256 << 10

    private func read<Value>(_ work: (PostgresPool.Loan) throws(PostgresProblem) -> Value) throws(StoreProblem) -> Value
    {
        do throws(PostgresProblem) { return try pool.read(work) } catch { throw StoreProblem(error) }
    }

    private func write<Value>(_ work: (PostgresPool.Loan) throws(PostgresProblem) -> Value?) throws(StoreProblem)
        -> Value?
    {
        do throws(PostgresProblem) { return try pool.transaction(work) } catch { throw StoreProblem(error) }
    }

    // MARK: Records

    package func record(_ key: ObjectKey) throws(StoreProblem) -> ObjectRecord? {
        // A text in PostgreSQL cannot contain NUL, so there is no such record.
        guard !key.id.utf8.contains(0), !key.session.utf8.contains(0) else { return nil }
        return try read { (loan) throws(PostgresProblem) in
            let rows = try loan.query(
                "SELECT \(PostgresPage.columns) FROM sparring.objects WHERE key = $1", [.text(key.text)])
            return try rows.first.map { (row) throws(PostgresProblem) in
                try PostgresPage.record(row, key.session, key.kind)
            }
        }
    }

    package func page(_ session: String, _ kind: ObjectKind, tag: String?, unixTime: Int, _ query: ListQuery)
        throws(StoreProblem) -> ListPage<ObjectRecord>
    {
        let page = PostgresPage(session: session, kind: kind, tag: tag, unixTime: unixTime, query: query)
        let records = try read { (loan) throws(PostgresProblem) in try page.records(loan) }
        return ListPage(
            elements: records.prefix(query.limit).map { ($0.key.id, $0) }, hasMore: records.count > query.limit)
    }

    package func all(_ kind: ObjectKind, tag: String) throws(StoreProblem) -> [ObjectRecord] {
        try read { (loan) throws(PostgresProblem) in
            let rows = try loan.query(
                """
                SELECT \(PostgresPage.columns), session FROM sparring.objects
                WHERE kind = '\(kind.rawValue)' AND tag = $1 ORDER BY id
                """, [.text(tag)])
            var records: [ObjectRecord] = []
            for row in rows { records.append(try PostgresPage.record(row, row.text(5), kind)) }
            return records
        }
    }

    // MARK: Changes

    package func commit(_ changes: [ObjectChange]) throws(StoreProblem) -> Bool {
        try write { (loan) throws(PostgresProblem) -> Bool? in
            for change in changes {
                guard try Self.make(change, loan) else { return nil }
            }
            return true
        } ?? false
    }

    /// - Returns: false if another caller has changed the record.
    private static func make(_ change: ObjectChange, _ loan: PostgresPool.Loan) throws(PostgresProblem) -> Bool {
        switch change {
        case .put(let record) where record.revision == 0:
            // Ids are reused when a session is reset. The first revision is random, so that a caller with an older
            // record of the same id cannot commit. This insert waits for a concurrent insert of the same id.
            return try !loan.query(
                """
                INSERT INTO sparring.objects (key, tag, ends_at, json, session, kind, object, revision)
                VALUES ($1, $2, $3, $4, $5, $6, $7, floor(random() * 1000000000000)::bigint + 1)
                ON CONFLICT DO NOTHING RETURNING id
                """,
                values(of: record) + [
                    .text(record.key.session), .text(record.key.kind.rawValue), .text(record.key.id),
                ]
            ).isEmpty
        case .put(let record):
            return try !loan.query(
                """
                UPDATE sparring.objects SET tag = $2, ends_at = $3, json = $4, revision = revision + 1
                WHERE key = $1 AND revision = $5 RETURNING id
                """, values(of: record) + [.integer(record.revision)]
            ).isEmpty
        case .remove(let key, let revision):
            return try !loan.query(
                "DELETE FROM sparring.objects WHERE key = $1 AND revision = $2 RETURNING id",
                [.text(key.text), .integer(revision)]
            ).isEmpty
        case .keep(let blob, let session):
            _ = try loan.query(
                "UPDATE sparring.blobs SET session = $2 WHERE id = $1", [.integer(blob.number), .text(session)])
        case .drop(let blob):
            _ = try loan.query("DELETE FROM sparring.blobs WHERE id = $1", [.integer(blob.number)])
        case .discard(let blob):
            _ = try loan.query("DELETE FROM sparring.blobs WHERE id = $1 AND session IS NULL", [.integer(blob.number)])
        case .append(let bytes, let blob): try append(bytes, to: blob, loan)
        }
        return true
    }

    private static func values(of record: ObjectRecord) -> [PostgresValue] {
        [
            .text(record.key.text), .text(record.tag), .integer(record.endsAt),
            .text(String(decoding: record.json, as: UTF8.self)),
        ]
    }

    package func forget(session: String) throws(StoreProblem) {
        _ = try write { (loan) throws(PostgresProblem) -> Void? in
            _ = try loan.query("DELETE FROM sparring.objects WHERE session = $1", [.text(session)])
            _ = try loan.query("DELETE FROM sparring.blobs WHERE session = $1", [.text(session)])
            return ()
        }
    }

    // MARK: Bytes

    package func makeBlob() throws(StoreProblem) -> BlobID {
        let number = try write { (loan) throws(PostgresProblem) -> Int? in
            try loan.query("INSERT INTO sparring.blobs DEFAULT VALUES RETURNING id").first?.number(0)
        }
        guard let number else { throw StoreProblem("PostgreSQL returned no number for a blob") }
        return BlobID(number: Int64(number))
    }

    package func append(_ bytes: [UInt8], to blob: BlobID) throws(StoreProblem) {
        _ = try write { (loan) throws(PostgresProblem) -> Void? in
            try Self.append(bytes, to: blob, loan)
            return ()
        }
    }

    /// Adds chunks to the end. A blob that was deleted in the meantime stays deleted.
    private static func append(_ bytes: [UInt8], to blob: BlobID, _ loan: PostgresPool.Loan) throws(PostgresProblem) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(chunk))
            rest = rest.dropFirst(chunk)
            // The changed row is locked until the end of the transaction, so that pieces of two callers do not overlap.
            _ = try loan.query(
                """
                WITH grown AS (UPDATE sparring.blobs SET length = length + $2 WHERE id = $1 RETURNING length)
                INSERT INTO sparring.chunks (blob, start, bytes) SELECT $1, length - $2, $3 FROM grown
                """, [.integer(blob.number), .integer(piece.count), .bytes(piece)])
        }
    }

    package func read(_ blob: BlobID, from offset: Int, count: Int) throws(StoreProblem) -> [UInt8] {
        let chunk = Self.chunk
        return try read { (loan) throws(PostgresProblem) in
            let rows = try loan.query(
                """
                SELECT substring(bytes FROM ($2 - start + 1)::int FOR $3::int) FROM sparring.chunks
                WHERE blob = $1 AND start <= $2 AND start + \(chunk) > $2 ORDER BY start DESC LIMIT 1
                """, [.integer(blob.number), .integer(offset), .integer(min(count, chunk))])
            return try rows.first?.bytes(0) ?? []
        }
    }

    // MARK: Other servers

    package var isShared: Bool { true }

    package func claim(_ key: ObjectKey) throws(StoreProblem) -> Bool {
        do throws(PostgresProblem) { return try claims.claim(key) } catch { throw StoreProblem(error) }
    }

    package func release(_ key: ObjectKey) { claims.release(key) }
}
