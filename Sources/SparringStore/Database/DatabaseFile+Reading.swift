import GRDB

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension DatabaseFile {
    /// Opens an existing database through a read-only connection, even while another program writes to the database.
    /// - Parameters:
    ///   - missing: the sentence for a file that does not exist.
    ///   - oldest: the first version that needs no migration to be read.
    ///   - work: reads the data that is needed at once.
    /// - Returns: the connection, and the result of `work`.
    /// - Throws: `foreign` for a file of another kind or another version, `unusable` for a file that cannot be opened.
    static func read<Result>(
        _ path: String, _ kind: DatabaseKind, missing: String, oldest: Int = 1,
        _ work: (Database) throws -> Result
    ) throws(JournalError) -> (queue: DatabaseQueue, result: Result) {
        guard access(path, F_OK) == 0 else { throw .foreign(path, missing) }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            let queue = try DatabaseQueue(path: location(path), configuration: configuration)
            let result = try queue.read { db in
                try check(db, path, kind, oldest: oldest)
                return try work(db)
            }
            return (queue, result)
        } catch {
            throw problem(error, at: path, kind)
        }
    }

    private static func check(_ db: Database, _ path: String, _ kind: DatabaseKind, oldest: Int) throws {
        guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == kind.applicationID else {
            throw JournalError.foreign(path, "is a database of another program, not a \(kind.name).")
        }
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard version <= kind.version else {
            throw JournalError.foreign(
                path,
                "was written by a newer Sparring (\(kind.name) version \(version); this Sparring knows versions up to \(kind.version)). "
                    + "Use that version to read it.")
        }
        guard version >= oldest else {
            throw JournalError.foreign(
                path, "was written by an older Sparring. `sparring serve --db` with this file brings it up to date.")
        }
    }
}
