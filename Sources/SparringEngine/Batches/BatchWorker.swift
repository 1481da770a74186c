import SparringAPI
package import SparringExchange
import SparringJSON
import SparringWire
import Synchronization

/// Works on batches, a step at a time. Every step is one commit, which rests on the state that it began with: a server that is
/// killed, a client that cancels, another server on the same file leave every line with exactly one result.
package final class BatchWorker: BatchTurns {
    private let sessions: SessionRegistry
    private let wallClock: @Sendable () -> Int
    private let sinks: [any LineSink]
    private let state = Mutex(State())

    private struct State {
        /// A lock for each batch that threads work on or wait for, with the number of these threads.
        var locks: [ObjectKey: (lock: StepLock, threads: Int)] = [:]
        /// Batches that have work, in turn.
        var waiting: [ObjectKey] = []
        var wake: (@Sendable () -> Void)?
    }

    /// Held while a thread works on one batch. A client that asks for the batch waits for the step under way, so that it never
    /// reads a status that is out of date.
    private final class StepLock: Sendable {
        let mutex = Mutex(())
    }

    init(sessions: SessionRegistry, sinks: [any LineSink], wallClock: @escaping @Sendable () -> Int) {
        self.sessions = sessions
        self.sinks = sinks
        self.wallClock = wallClock
    }

    // MARK: Turns

    /// - Parameter wake: called when a batch has work.
    package func run(_ wake: @escaping @Sendable () -> Void) throws(StoreProblem) {
        let running = try sessions.store.all(.batch, tag: StoredBatch.running).map(\.key)
        state.withLock { state in
            state.waiting += running
            state.wake = wake
        }
        wake()
    }

    func add(_ key: ObjectKey) {
        let wake = state.withLock { state in
            if !state.waiting.contains(key) { state.waiting.append(key) }
            return state.wake
        }
        wake?()
    }

    /// One step of the batch whose turn it is. False where there is none, or where its store fails: it has its turn again when
    /// something happens, and who asks for the batch is told.
    package func turn(now: Moment) -> Bool {
        guard let key = state.withLock({ $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }) else { return false }
        let hasMore = try? work(on: key, steps: 1, now: now)
        if hasMore ?? true { state.withLock { $0.waiting.append(key) } }
        return hasMore != nil
    }

    // MARK: Steps

    /// Does what is due. False where nothing is left to be done for now.
    @discardableResult
    func work(on key: ObjectKey, steps: Int, now: Moment) throws(StoreProblem) -> Bool {
        let (lock, others) = state.withLock { state in
            let (lock, threads) = state.locks[key] ?? (StepLock(), 0)
            state.locks[key] = (lock, threads + 1)
            return (lock, threads)
        }
        defer {
            state.withLock { state in
                guard let threads = state.locks[key]?.threads else { return }
                state.locks[key] = threads == 1 ? nil : (lock, threads - 1)
            }
        }
        // One step brings the state up to date where another thread does the rest.
        let most = others == 0 ? steps : 1
        return try lock.mutex.withLock { _ throws(StoreProblem) in try advance(key, steps: most, now: now) }
    }

    private func advance(_ key: ObjectKey, steps: Int, now: Moment) throws(StoreProblem) -> Bool {
        for _ in 0..<steps {
            let session = sessions.session(named: key.session, now: now)
            // Looked at before the record: one that is read then is of this life or a later one.
            let life = session.life
            guard let record = try sessions.store.record(key), var batch = StoredBatch(record) else { return false }
            let step = BatchStep(
                session: session, life: life, now: now, wallTime: wallClock(),
                unixTime: session.unixTime(wallClock(), at: now))
            // A session that has started over may have made a batch of the same id.
            guard let work = try step.take(&batch) else { return session.life != life }
            let put = ObjectChange.put(batch.record(in: key.session, revision: record.revision))
            guard try sessions.store.commit(work.changes + [put]) else {
                // Somebody else was faster: the next step begins with what they have made of it.
                _ = try sessions.store.commit(work.changes.compactMap(\.undone))
                continue
            }
            if !work.answered.isEmpty { for sink in sinks { sink.receive(work.answered) } }
            if batch.object.status.isFinal { return false }
        }
        return true
    }
}

extension ObjectChange {
    /// What is left of one that was not made.
    fileprivate var undone: ObjectChange? {
        if case .keep(let blob, _) = self { .discard(blob) } else { nil }
    }
}
