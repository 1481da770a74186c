import GRDB

/// A database file of ours, opened once: it has the journal and the stored objects.
package struct StoreFile: Sendable {
    let pool: DatabasePool
    let pageCache: PageCache
    let path: String

    /// - Parameter path: the file; created if it does not exist.
    package init(_ path: String) throws(JournalError) {
        pool = try DatabaseFile.open(path, JournalSchema.kind)
        pageCache = PageCache(of: path)
        self.path = path
    }

    /// Closes the file. It must not be used any more.
    package func close() throws {
        // SQLite cleans up when the last connection closes, which a read-only connection cannot do.
        pool.invalidateReadOnlyConnections()
        try pool.close()
    }
}
