import Synchronization

/// The lines that a server writes to standard error while it runs. A server whose log cannot be written is stopped.
final class ServerLog: Sendable {
    private let problem = Mutex<OutputError?>(nil)
    private let stop: @Sendable () -> Void

    /// - Parameter stop: called once, when a line could not be written.
    init(onFailure stop: @escaping @Sendable () -> Void) { self.stop = stop }

    /// May be called on any thread.
    func line(_ text: String) {
        do {
            try StandardError.write(text + "\n")
        } catch {
            let isFirst = problem.withLock { problem in
                defer { problem = problem ?? error }
                return problem == nil
            }
            if isFirst { stop() }
        }
    }

    /// Throws what kept a line from being written.
    func check() throws(OutputError) {
        if let problem = problem.withLock({ $0 }) { throw problem }
    }
}
