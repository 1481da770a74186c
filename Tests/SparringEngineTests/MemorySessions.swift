import Dispatch
import SparringEngine
import Synchronization

/// A store of sessions in memory, which several servers can share.
final class MemorySessions: SessionStore {
    struct Row {
        var version = 0
        var state: [UInt8] = []
        var scenario: String?
        var entries: [SessionEntry: Int] = [:]
    }

    private let rows = Mutex<[String: Row]>([:])
    private let locks = Mutex<[String: DispatchSemaphore]>([:])
    /// The store's time in nanoseconds since 1970; it does not depend on the start of any server.
    let time: Int64 = 1_795_000_000_000_000_000
    /// The errors with which the next calls of these functions fail.
    let takeFails = Mutex<StoreProblem?>(nil)
    let commitFails = Mutex<StoreProblem?>(nil)
    let commits = Atomic(0)

    private func lock(_ session: String) -> DispatchSemaphore {
        locks.withLock { locks in
            if let lock = locks[session] { return lock }
            let lock = DispatchSemaphore(value: 1)
            locks[session] = lock
            return lock
        }
    }

    func take(_ session: String, known: Int) throws(StoreProblem) -> any SessionGrip {
        if let problem = takeFails.withLock(\.self) { throw problem }
        let lock = lock(session)
        lock.wait()
        let row = rows.withLock { $0[session] ?? Row() }
        let entries = row.entries.filter { $0.value > known }.map(\.key)
        return Grip(
            self, session, lock,
            SessionReading(version: row.version, state: row.state, entries: entries, time: time))
    }

    func names() throws(StoreProblem) -> [String] { rows.withLock { $0.keys.sorted() } }

    func contains(_ session: String) throws(StoreProblem) -> Bool { rows.withLock { $0[session] != nil } }

    func change(_ session: String, _ change: (inout Row) -> Void) {
        rows.withLock { change(&$0[session, default: Row()]) }
    }

    func row(_ session: String) -> Row? { rows.withLock { $0[session] } }

    func forget() { rows.withLock { $0 = [:] } }

    private final class Grip: SessionGrip {
        private let store: MemorySessions
        private let session: String
        private let lock: DispatchSemaphore
        let reading: SessionReading

        init(_ store: MemorySessions, _ session: String, _ lock: DispatchSemaphore, _ reading: SessionReading) {
            (self.store, self.session, self.lock, self.reading) = (store, session, lock, reading)
        }

        func release() { lock.signal() }

        func scenario() throws(StoreProblem) -> String? { store.row(session)?.scenario }

        func commit(_ writing: SessionWriting) throws(StoreProblem) {
            defer { lock.signal() }
            if let problem = store.commitFails.withLock(\.self) { throw problem }
            store.commits.add(1, ordering: .relaxed)
            store.change(session) { row in
                row.version += 1
                row.state = writing.state
                if case .some(let text) = writing.scenario { row.scenario = text }
                row.entries = row.entries.filter { !writing.cleared.contains($0.key.table) }
                for entry in writing.entries {
                    for old in row.entries.keys where old.table == entry.table && old.key == entry.key {
                        row.entries[old] = nil
                    }
                    row.entries[entry] = row.version
                }
            }
        }
    }
}
