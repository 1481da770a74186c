import NIOCore

/// The threads on which answers are decided that may wait for a disk or a database.
package enum BlockingThreads {
    /// Sets the number of threads, before the first of them is used. By default, there is one thread for each processor.
    ///
    /// Threads that wait for a database use no processor, and the database commits the changes of several at once.
    package static func use(_ count: Int) {
        NIOSingletons.blockingPoolThreadCountSuggestion = count
    }
}
