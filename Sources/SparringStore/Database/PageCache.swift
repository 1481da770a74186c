#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The page cache of a file that is written and seldom read.
///
/// Under load a journal grows by a hundred megabytes a second. Each page needs fresh memory, which costs more than the
/// rest of the writer's work and displaces data of the programs under test. Memory that was released a moment ago is
/// cheap.
///
/// The descriptor stays open as long as the database may be open: closing any descriptor of a file releases all locks that
/// this process has on it, SQLite's among them (https://www.sqlite.org/howtocorrupt.html, 2.2).
final class PageCache: Sendable {
    /// Negative if the file could not be opened; then `release` does nothing.
    private let descriptor: Int32

    init(of path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Releases pages that are on the disk; those still to be written stay. Source: posix_fadvise(2).
    func release() {
        #if canImport(Glibc)
            if descriptor >= 0 { _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) }
        #endif
    }
}
