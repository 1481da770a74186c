#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The page cache of a file that is often written and seldom read.
///
/// Under load a journal grows by a hundred megabytes a second. New memory for each page takes more time than the rest of the writer's work,
/// and displaces data of the programs under test from the cache. Memory that was just released is available at once.
///
/// The descriptor stays open as long as the database may be open. Closing any descriptor of a file releases all locks
/// of this process on that file, including SQLite's (https://www.sqlite.org/howtocorrupt.html, 2.2).
final class PageCache: Sendable {
    /// The file's descriptor; negative if the file could not be opened. If the descriptor is negative, `release` does nothing.
    private let descriptor: Int32

    init(of path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Releases pages that have been written to the disk. Other pages stay in the cache. Source: posix_fadvise(2).
    func release() {
        #if canImport(Glibc)
            if descriptor >= 0 { _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) }
        #endif
    }
}
