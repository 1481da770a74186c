import GRDB

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a database of ours is for, and how to tell it from others.
struct DatabaseKind: Sendable {
    /// `journal`, for messages.
    let name: String
    /// `PRAGMA application_id`.
    let applicationID: Int32
    /// `PRAGMA user_version`.
    let version: Int
    let migrator: DatabaseMigrator
}

/// A database on disk: made for its owner's eyes, opened only where it is ours and not newer than this version.
struct DatabaseFile {
    private let kind: DatabaseKind

    static func open(_ path: String, _ kind: DatabaseKind) throws(JournalError) -> DatabasePool {
        try DatabaseFile(kind: kind).open(path)
    }

    private func open(_ path: String) throws(JournalError) -> DatabasePool {
        try Self.create(path)
        // SQLite takes `:memory:` and `file:…` for something else than files.
        let location = path.hasPrefix("/") ? path : "./" + path
        do {
            try DatabaseQueue(path: location, configuration: configuration).readAndClose { try check($0, path) }
            return try migrated(location)
        } catch let error as JournalError {
            throw error
        } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
            throw .foreign(path, "is not an SQLite database, and no \(kind.name)")
        } catch let error as DatabaseError where error.resultCode.primaryResultCode == .SQLITE_CORRUPT {
            throw .foreign(path, "is damaged: \(error.message ?? "SQLite cannot read it")")
        } catch let error as DatabaseError {
            throw .unusable(path, error.message ?? "\(error.resultCode)")
        } catch {
            throw .unusable(path, "\(error)")
        }
    }

    /// Mode 0600, which SQLite gives to `-wal` and `-shm` as well. A file that is there keeps its mode: its owner chose it.
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
        // Several programs may write into one file: they wait for each other.
        configuration.busyMode = .timeout(5)
        // The one reference is written by the code beside it; a look-up for every insert proves nothing.
        configuration.foreignKeysEnabled = false
        configuration.maximumReaderCount = 4
        // Of a new file: exchanges are a few kilobytes, and a quarter as many pages are a quarter as many system calls.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA page_size = 16384") }
        return configuration
    }

    /// Reads only: a file that is refused stays as it is.
    private func check(_ db: Database, _ path: String) throws {
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard application != kind.applicationID else {
            guard try version <= kind.version && !kind.migrator.hasBeenSuperseded(db) else {
                throw JournalError.foreign(
                    path,
                    "was written by a newer Sparring (\(kind.name) version \(version), this one knows \(kind.version)). "
                        + "Use that one, or another file.")
            }
            return
        }
        // Another program may be setting it up: the migrator's own table comes in a transaction before the others.
        let tables =
            try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'") ?? 0
        guard application == 0, version == 0, tables == 0 else {
            throw JournalError.foreign(path, "is a database of something else, no \(kind.name). Choose another file.")
        }
    }

    /// Two programs that start on a new file at once may both want to set it up: the second finds it done when it looks again.
    private func migrated(_ location: String) throws -> DatabasePool {
        var failure: (any Error)?
        for _ in 1...5 {
            do {
                let pool = try DatabasePool(path: location, configuration: configuration)
                try kind.migrator.migrate(pool)
                // Fewer, larger checkpoints: each waits for the disk.
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
    /// In one transaction: another program may be setting the file up.
    fileprivate func readAndClose(_ work: (Database) throws -> Void) throws {
        try read(work)
        try close()
    }
}
