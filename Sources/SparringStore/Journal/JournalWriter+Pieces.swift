import GRDB

extension JournalWriter {
    /// The maximum number of entries in a transaction after a failure.
    private static let largestPiece = 256

    /// Writes as many entries as the disk has room for, oldest first.
    ///
    /// Usually all entries are one transaction. If that transaction fails, smaller transactions follow, down to one entry. Before the
    /// smaller transactions, the write-ahead log is emptied into the file: on a full disk, the log cannot grow.
    ///
    /// - Parameters:
    ///   - inSmallPieces: true to begin with one entry, because the last attempt failed.
    ///   - dropsBodies: true if entries that do not fit are written without their bodies.
    /// - Returns: the number of written entries, and the error that stopped the others; nil if all entries are written.
    func writeWhatFits(
        _ items: [JournalQueue.Item], inSmallPieces: Bool, dropsBodies: Bool
    ) -> (written: Int, failure: (any Error)?) {
        var (written, size) = (0, inSmallPieces ? 1 : items.count)
        var hasBodies = true
        var emptiedAt: Int?
        while written < items.count {
            let piece = items[written..<min(written + size, items.count)]
            do {
                try write(hasBodies ? Array(piece) : piece.map { $0.withoutBodies() })
                written += piece.count
                size = min(2 * size, Self.largestPiece)
            } catch {
                // Writing less data helps only against a full disk, and a checkpoint of a closed file would crash.
                guard Self.isFull(error) else { return (written, error) }
                if emptiedAt != written {
                    emptiedAt = written
                    // If the checkpoint fails as well, smaller pieces may still fit into the log.
                    _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
                    size = min(size, Self.largestPiece)
                } else if size > 1 {
                    size = max(1, size / 8)
                } else if dropsBodies, hasBodies {
                    hasBodies = false
                } else {
                    return (written, error)
                }
            }
        }
        return (written, nil)
    }

    /// Whether the error means that the disk has no room. A file that may not grow (`RLIMIT_FSIZE`) is reported as an I/O error.
    private static func isFull(_ error: any Error) -> Bool {
        [.SQLITE_FULL, .SQLITE_IOERR].contains((error as? DatabaseError)?.resultCode)
    }
}
