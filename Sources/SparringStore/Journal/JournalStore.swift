import Dispatch
import GRDB
package import SparringExchange
package import SparringWire
import Synchronization

/// Stores the journal in an SQLite file. The store is a sink of exchanges, and a `Journal` for queries.
///
/// An event loop puts an exchange into a bounded queue under a short lock, and continues. A thread of the store writes
/// the queue in one transaction. A finished exchange is in the file within a quarter of a second, or as soon as the
/// disk allows. On a slow disk, bodies are dropped first. If the queue is full even without bodies, answers wait. See
/// docs/reference/journal.md.
package final class JournalStore: ExchangeSink, Journal {
    package struct Settings: Sendable, Hashable {
        package enum Keeps: String, Sendable, CaseIterable {
            case full
            /// The journal has the heads, but not the bodies.
            case heads
        }

        package var path: String
        package var keeps: Keeps
        /// The maximum number of bytes of bodies in the file.
        package var budget: Int
        var bounds = JournalQueue.Bounds()

        package init(path: String, keeps: Keeps = .full, budget: Int = 1 << 30) {
            self.path = path
            self.keeps = keeps
            self.budget = budget
        }
    }

    /// The row of this server's run.
    package struct Run: Sendable, Hashable {
        package var scenario: String
        package var seed: UInt64
        package var version: String
        /// The Unix time, in nanoseconds, at which the run's `Moment`s begin (their zero).
        package var startedAt: Int64

        package init(scenario: String, seed: UInt64, version: String, startedAt: Int64) {
            self.scenario = scenario
            self.seed = seed
            self.version = version
            self.startedAt = startedAt
        }
    }

    private let file: StoreFile
    private let writer: JournalWriter
    private let thread = DispatchQueue(label: "journal", qos: .utility)
    private let state: Mutex<State>
    private let warn: @Sendable (String) -> Void
    private let path: String

    private struct State {
        var queue: JournalQueue
        var isScheduled = false
        var isHurried = false
        /// Whether the last batch could not be written.
        var isFailing = false
        var lost = 0
        var failure: String?
    }

    /// How long exchanges are collected before they are written.
    static let delay = DispatchTimeInterval.milliseconds(50)
    /// The pause after a failure, such as a full disk.
    private static let retryDelay = DispatchTimeInterval.seconds(1)

    /// - Parameters:
    ///   - file: the file, if it is already open. The file is closed together with the journal.
    ///   - warn: called once, with a sentence, when the file can no longer be written.
    package init(
        _ settings: Settings, run: Run, in file: StoreFile? = nil, warn: @escaping @Sendable (String) -> Void
    ) throws(JournalError) {
        if let file { self.file = file } else { self.file = try StoreFile(settings.path) }
        writer = try JournalWriter(settings, run: run, in: self.file.pool)
        state = Mutex(State(queue: JournalQueue(bounds: settings.bounds)))
        self.warn = warn
        path = settings.path
    }

    // MARK: Receiving

    package func receive(_ exchange: Exchange) { take(exchange, played: nil) }

    package func receive(_ exchange: Exchange, played script: WireScript) { take(exchange, played: script) }

    private func take(_ exchange: Exchange, played script: WireScript?) {
        while true {
            let (outcome, isFailing) = state.withLock { state in
                let outcome = state.queue.append(exchange, played: script)
                if outcome == .full {
                    if state.isFailing { state.lost += 1 }
                } else {
                    schedule(&state)
                }
                return (outcome, state.isFailing)
            }
            guard outcome == .full, !isFailing else { return }
            // The columns other than the bodies are never dropped while they can be written. The caller waits here for the disk.
            thread.sync { flush() }
        }
    }

    private func schedule(_ state: inout State) {
        if !state.isScheduled {
            state.isScheduled = true
            thread.asyncAfter(deadline: .now() + (state.isFailing ? Self.retryDelay : Self.delay)) {
                self.flushInTurn()
            }
        } else if state.queue.isFilling, !state.isHurried, !state.isFailing {
            state.isHurried = true
            thread.async { self.flush() }
        }
    }

    // MARK: Writing, on `thread`

    private func flushInTurn() {
        state.withLock { $0.isScheduled = false }
        flush()
        state.withLock { if !$0.queue.isEmpty { schedule(&$0) } }
    }

    /// - Parameter isLast: true if the file is closed afterwards. If the file is closed afterwards, entries that do not fit with their
    ///   bodies are written without bodies.
    private func flush(isLast: Bool = false) {
        let (batch, wasFailing) = state.withLock { state in
            state.isHurried = false
            return (state.queue.take(), state.isFailing)
        }
        guard !batch.items.isEmpty else { return }
        let result = writer.writeWhatFits(batch.items, inSmallPieces: wasFailing, dropsBodies: isLast)
        if result.written > 0 { file.pageCache.release() }
        if let error = result.failure {
            let reason = (error as? DatabaseError)?.message ?? "\(error)"
            let isNew = state.withLock { state in
                state.queue.putBack(batch, written: result.written)
                defer { state.isFailing = true }
                state.failure = reason
                return !state.isFailing
            }
            if isNew { warn("\(path): the journal cannot be written: \(reason). Trying again every second.") }
        } else {
            state.withLock { state in
                state.queue.settle(batch)
                state.isFailing = false
            }
        }
    }

    // MARK: Queries

    /// The exchanges of this run, with masked secrets and the stored bodies. The result includes exchanges that have just ended.
    package func exchanges(_ query: JournalQuery) async throws -> [Exchange] {
        await onThread { self.flush() }
        let (run, first) = (writer.run, writer.first)
        return try await writer.pool.read { try JournalReader.exchanges(query, run: run, from: first, $0) }
    }

    // MARK: Closing

    /// Writes the remaining exchanges, and closes the file. No exchange may be received afterwards.
    /// - Parameter endedAt: the end of the run, in Unix nanoseconds.
    /// - Returns: a sentence with the number of missing exchanges and the reason; nil if no exchange is missing.
    package func close(endedAt: Int64) async -> String? {
        await onThread {
            self.flush(isLast: true)
            let missing = self.state.withLock { $0.lost + $0.queue.count }
            var failure = self.state.withLock { $0.failure }
            do {
                try self.writer.finish(at: endedAt, lost: missing)
                try self.file.close()
            } catch {
                failure = failure ?? "\(error)"
            }
            guard missing > 0 else { return nil }
            return "\(self.path): \(missing) exchanges are missing: \(failure ?? "they ended too late")"
        }
    }

    private func onThread<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            thread.async { continuation.resume(returning: work()) }
        }
    }
}
