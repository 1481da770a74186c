import GRDB

/// A database file of ours, opened once: the journal and the stored objects are in it side by side.
package struct StoreFile: Sendable {
    let pool: DatabasePool
    let pageCache: PageCache
    let path: String

    /// - Parameter path: made where it is missing.
    package init(_ path: String) throws(JournalError) {
        pool = try DatabaseFile.open(path, JournalSchema.kind)
        pageCache = PageCache(of: path)
        self.path = path
    }

    /// Nobody may use it any more.
    package func close() throws {
        // The last connection to close tidies up behind SQLite, and one that only reads cannot.
        pool.invalidateReadOnlyConnections()
        try pool.close()
    }
}
