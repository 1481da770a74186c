import Synchronization

/// Writes the log lines of a server to standard error. If that fails, the server is stopped.
final class ServerLog: Sendable {
    private let problem = Mutex<OutputError?>(nil)
    private let stop: @Sendable () -> Void

    /// - Parameter stop: called once, when a line cannot be written.
    init(onFailure stop: @escaping @Sendable () -> Void) { self.stop = stop }

    /// Writes a line. May be called on any thread.
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

    /// Throws the error of the first line that could not be written.
    func check() throws(OutputError) {
        if let problem = problem.withLock({ $0 }) { throw problem }
    }
}
