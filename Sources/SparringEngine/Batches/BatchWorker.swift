import SparringAPI
package import SparringExchange
import SparringJSON
import SparringWire
import Synchronization

/// Works on batches, one step at a time. Every step is one commit, based on the state that it read. A server that is
/// killed, a client that cancels and another server on the same file therefore leave each line with exactly one result.
///
/// In a store that servers share, a server claims a batch before it works on it, and keeps the claim until no work is
/// left for now: the others leave the batch alone.
package final class BatchWorker: BatchTurns {
    private let sessions: SessionRegistry
    private let wallClock: @Sendable () -> Int
    private let sinks: [any LineSink]
    private let state = Mutex(State())

    private struct State {
        /// A lock for each batch that threads work on or wait for, with the number of these threads.
        var locks: [ObjectKey: (lock: StepLock, threads: Int)] = [:]
        /// Batches that have work, in the order of their turns.
        var waiting: [ObjectKey] = []
        var wake: (@Sendable () -> Void)?
    }

    /// A lock that a thread has while it works on one batch. A client that requests the batch waits until the current
    /// step has ended, so that it never reads an outdated status.
    private final class StepLock: Sendable {
        let mutex = Mutex(())
    }

    init(sessions: SessionRegistry, sinks: [any LineSink], wallClock: @escaping @Sendable () -> Int) {
        self.sessions = sessions
        self.sinks = sinks
        self.wallClock = wallClock
    }

    /// - Parameter wake: called when a batch has work.
    package func run(_ wake: @escaping @Sendable () -> Void) throws(StoreProblem) {
        let running = try sessions.store.all(.batch, tag: StoredBatch.running).map(\.key)
        state.withLock { state in
            state.waiting += running
            state.wake = wake
        }
        wake()
    }

    /// Queues the batches of the store that have not ended. With a shared store, it is called again and again: the server
    /// that worked on a batch may have been killed.
    package func lookForWork() throws(StoreProblem) {
        for record in try sessions.store.all(.batch, tag: StoredBatch.running) { add(record.key) }
    }

    /// Whether other servers work on the batches of the store, too.
    package var sharesStore: Bool { sessions.store.isShared }

    func add(_ key: ObjectKey) {
        let wake = state.withLock { state in
            if !state.waiting.contains(key) { state.waiting.append(key) }
            return state.wake
        }
        wake?()
    }

    /// Does one step of the next batch. Returns false if no batch waits or if its store fails. After a failure, the
    /// batch's next event queues it again, and a client that requests the batch gets the error.
    package func turn(now: Moment) -> Bool {
        guard let key = state.withLock({ $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }) else { return false }
        let hasMore = try? work(on: key, steps: 1, now: now)
        if hasMore ?? true { state.withLock { $0.waiting.append(key) } }
        return hasMore != nil
    }

    /// Does the work that is due. Returns false if no work is left for now.
    @discardableResult
    func work(on key: ObjectKey, steps: Int, now: Moment) throws(StoreProblem) -> Bool {
        guard sessions.turns != nil, SessionVisit.current == nil else {
            return try workAlone(on: key, steps: steps, now: now)
        }
        let (result, problem) = sessions.visit { () -> Result<Bool, StoreProblem> in
            // Takes the session before the batch's lock, because a client's request takes them in this order.
            _ = sessions.session(named: key.session, now: now)
            if let problem = SessionVisit.current?.problem { return .failure(problem) }
            return Result { () throws(StoreProblem) in try workAlone(on: key, steps: steps, now: now) }
        }
        if let problem { throw problem }
        return try result.get()
    }

    private func workAlone(on key: ObjectKey, steps: Int, now: Moment) throws(StoreProblem) -> Bool {
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
        // If another thread works on the batch, one step is enough to bring its status up to date.
        let most = others == 0 ? steps : 1
        return try lock.mutex.withLock { _ throws(StoreProblem) in
            guard try sessions.store.claim(key) else { return false }
            do throws(StoreProblem) {
                let hasMore = try advance(key, steps: most, now: now)
                if !hasMore { sessions.store.release(key) }
                return hasMore
            } catch {
                sessions.store.release(key)
                throw error
            }
        }
    }

    private func advance(_ key: ObjectKey, steps: Int, now: Moment) throws(StoreProblem) -> Bool {
        for _ in 0..<steps {
            let session = sessions.session(named: key.session, now: now)
            // `life` is read before the record, so that the record belongs to this life or to a later one.
            let life = session.life
            guard let record = try sessions.store.record(key), var batch = StoredBatch(record) else { return false }
            let step = BatchStep(
                session: session, life: life, now: now, wallTime: wallClock(),
                unixTime: session.unixTime(wallClock(), at: now))
            // A restarted session may have created a batch with the same id.
            guard let work = try step.take(&batch) else { return session.life != life }
            let put = ObjectChange.put(batch.record(in: key.session, revision: record.revision))
            guard try sessions.store.commit(work.changes + [put]) else {
                // If another worker committed first, the next step starts from its result.
                _ = try sessions.store.commit(work.changes.compactMap(\.undone))
                continue
            }
            if !work.answered.isEmpty { for sink in sinks { sink.receive(work.answered, at: wallClock()) } }
            if batch.object.status.isFinal { return false }
        }
        return true
    }
}

extension ObjectChange {
    /// The change that removes a blob of a failed commit; nil for other changes.
    fileprivate var undone: ObjectChange? {
        if case .keep(let blob, _) = self { .discard(blob) } else { nil }
    }
}
