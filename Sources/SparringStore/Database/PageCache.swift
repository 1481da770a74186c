#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The memory in which the kernel keeps a file that is written and seldom read.
///
/// Under load a journal grows by a hundred megabytes a second. Every page of it takes memory that nobody has touched before, which
/// costs more than the rest of the writer's work, and pushes out what the programs under test have use for. Memory that was given back
/// a moment ago is cheap.
///
/// The descriptor stays open for as long as the database may be: to close any descriptor of a file takes away the locks that this
/// process has on it, SQLite's among them (https://www.sqlite.org/howtocorrupt.html, 2.2).
final class PageCache: Sendable {
    /// Negative where the file could not be opened: then there is nothing to give back.
    private let descriptor: Int32

    init(of path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Gives back what is on the disk; what is still to be written stays. Source: posix_fadvise(2).
    func release() {
        #if canImport(Glibc)
            if descriptor >= 0 { _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) }
        #endif
    }
}
