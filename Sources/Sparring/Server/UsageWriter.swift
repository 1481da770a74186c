import Dispatch
import SparringEngine
import Synchronization

/// Writes the usage of a server for the other servers that share its sessions, four times a second.
final class UsageWriter: Sendable {
    private let usage: SharedUsage
    private let report: @Sendable (String) -> Void
    /// Does one piece of work at a time, which may wait for the store.
    private let thread = DispatchQueue(label: "shared usage", qos: .utility)
    private let task = Mutex<Task<Void, Never>?>(nil)
    /// Whether the store did not accept the last write.
    private let isFailing = Atomic(false)

    private static let interval = Duration.milliseconds(250)

    /// - Parameter report: writes a line to the server's log.
    init(_ usage: SharedUsage, report: @escaping @Sendable (String) -> Void) {
        (self.usage, self.report) = (usage, report)
    }

    func start() {
        let task = Task.detached(priority: .utility) { [self] in
            var problem: String?
            while true {
                do { try await Task.sleep(for: Self.interval) } catch { return }
                let new = await write()
                if let new, new != problem { report("the usage cannot be written: \(new)") }
                problem = new
            }
        }
        self.task.withLock { $0 = task }
    }

    /// Writes what has changed.
    /// - Returns: the reason why the store did not accept the usage.
    private func write() async -> String? {
        let problem = await onThread { usage -> String? in
            do throws(StoreProblem) {
                try usage.write()
                return nil
            } catch {
                return error.description
            }
        }
        isFailing.store(problem != nil, ordering: .relaxed)
        return problem
    }

    /// The usage of all servers.
    func reading(withIntervals: Bool) async throws(StoreProblem) -> UsageStatistics.Reading {
        try await onThread { usage in
            Result { () throws(StoreProblem) in try usage.reading(withIntervals: withIntervals) }
        }.get()
    }

    /// Writes the rest. No call may be counted afterwards.
    func stop() async {
        let task = task.withLock(\.self)
        task?.cancel()
        await task?.value
        // A store that cannot be reached would hold up the end of the program.
        guard !isFailing.load(ordering: .relaxed) else { return report("the usage is incomplete") }
        if let problem = await write() { report("the usage is incomplete: \(problem)") }
    }

    private func onThread<Result: Sendable>(_ work: @escaping @Sendable (SharedUsage) -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            thread.async { [usage] in continuation.resume(returning: work(usage)) }
        }
    }
}
