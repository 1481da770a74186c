import NIOCore

/// The threads on which answers are decided that may wait for a disk or a database.
package enum BlockingThreads {
    /// Sets their number, before the first of them is used. Without this, one for each processor.
    ///
    /// Threads that wait for a database use no processor, and the database commits the changes of several at once.
    package static func use(_ count: Int) {
        NIOSingletons.blockingPoolThreadCountSuggestion = count
    }
}
