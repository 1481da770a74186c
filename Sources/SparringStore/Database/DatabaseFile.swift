import GRDB

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A kind of database, and the marks by which such a database is recognized.
struct DatabaseKind: Sendable {
    /// The kind's name in messages, such as `journal`.
    let name: String
    /// `PRAGMA application_id`.
    let applicationID: Int32
    /// `PRAGMA user_version`.
    let version: Int
    let migrator: DatabaseMigrator
}

/// A database on disk. Only the owner of the database can access it. The file is opened only if it belongs to Sparring and is not newer
/// than this version.
struct DatabaseFile {
    private let kind: DatabaseKind

    static func open(_ path: String, _ kind: DatabaseKind) throws(JournalError) -> DatabasePool {
        try DatabaseFile(kind: kind).open(path)
    }

    private func open(_ path: String) throws(JournalError) -> DatabasePool {
        try Self.create(path)
        let location = Self.location(path)
        do {
            try DatabaseQueue(path: location, configuration: configuration).readAndClose { try check($0, path) }
            return try migrated(location)
        } catch {
            throw Self.problem(error, at: path, kind)
        }
    }

    /// The path for SQLite, which would not treat `:memory:` and `file:…` as paths.
    static func location(_ path: String) -> String { path.hasPrefix("/") ? path : "./" + path }

    /// The sentence for an error of the database.
    static func problem(_ error: any Error, at path: String, _ kind: DatabaseKind) -> JournalError {
        switch error {
        case let error as JournalError: error
        case let error as DatabaseError where error.resultCode == .SQLITE_NOTADB:
            .foreign(path, "is not an SQLite database, so it is not a \(kind.name)")
        case let error as DatabaseError where error.resultCode.primaryResultCode == .SQLITE_CORRUPT:
            .foreign(path, "is damaged: \(error.message ?? "SQLite cannot read it")")
        case let error as DatabaseError: .unusable(path, error.message ?? "\(error.resultCode)")
        default: .unusable(path, "\(error)")
        }
    }

    /// Creates the file with mode 0600, which SQLite also gives to `-wal` and `-shm`. The mode of an existing file does not change.
    private static func create(_ path: String) throws(JournalError) {
        let flags = O_RDWR | O_CREAT | O_CLOEXEC
        #if canImport(Glibc)
            let descriptor = Glibc.open(path, flags, 0o600)
        #else
            let descriptor = Darwin.open(path, flags, 0o600)
        #endif
        guard descriptor >= 0 else {
            throw .unusable(path, "cannot be opened: \(String(cString: strerror(errno)))")
        }
        close(descriptor)
    }

    private var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = kind.name
        // Several programs may write to one file. Each program waits for the others.
        configuration.busyMode = .timeout(5)
        // The check of foreign keys is off: the same code writes both ends of the only reference, so the check at every insert would never
        // fail.
        configuration.foreignKeysEnabled = false
        configuration.maximumReaderCount = 4
        // This affects only new files. An exchange has a few kilobytes; with fewer, larger pages, it needs fewer system calls.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA page_size = 16384") }
        return configuration
    }

    /// Checks the file only by reading it, so that a refused file stays unchanged.
    private func check(_ db: Database, _ path: String) throws {
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard application != kind.applicationID else {
            guard try version <= kind.version && !kind.migrator.hasBeenSuperseded(db) else {
                throw JournalError.foreign(
                    path,
                    "was written by a newer Sparring (\(kind.name) version \(version); "
                        + "this Sparring knows versions up to \(kind.version)). Use that version, or another file.")
            }
            return
        }
        // At this moment, another program may be creating the tables. That program commits the migrator's own table before the other
        // tables.
        let tables =
            try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'") ?? 0
        guard application == 0, version == 0, tables == 0 else {
            throw JournalError.foreign(
                path, "is a database of another program, not a \(kind.name). Choose another file.")
        }
    }

    /// Two programs that start with a new file at the same time may both try to create the tables. The second program finds the tables when
    /// it tries to create them again.
    private func migrated(_ location: String) throws -> DatabasePool {
        var failure: (any Error)?
        for _ in 1...5 {
            do {
                let pool = try DatabasePool(path: location, configuration: configuration)
                try kind.migrator.migrate(pool)
                // Fewer, larger checkpoints are faster, because each checkpoint waits for the disk.
                try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_autocheckpoint = 2048") }
                return pool
            } catch {
                failure = error
            }
        }
        throw failure ?? DatabaseError(resultCode: .SQLITE_ERROR)
    }
}

extension DatabaseQueue {
    /// The work runs in one transaction, because another program may be creating the tables.
    fileprivate func readAndClose(_ work: (Database) throws -> Void) throws {
        try read(work)
        try close()
    }
}
