import GRDB

/// A database file of Sparring, which is opened once. The file contains the journal and the stored objects.
package struct StoreFile: Sendable {
    let pool: DatabasePool
    let pageCache: PageCache
    let path: String

    /// - Parameter path: the path of the file, which is created if it does not exist.
    package init(_ path: String) throws(JournalError) {
        pool = try DatabaseFile.open(path, JournalSchema.kind)
        pageCache = PageCache(of: path)
        self.path = path
    }

    /// Closes the file. The file must not be used afterwards.
    package func close() throws {
        // SQLite cleans up when the last connection closes, which a read-only connection cannot do.
        pool.invalidateReadOnlyConnections()
        try pool.close()
    }
}
