import Dispatch
import SparringExchange
import Synchronization

/// The queue of the turns of one session at this server: threads wait in it until they may use the session.
final class TurnLine: Sendable {
    struct State {
        var isBusy = false
        var waiting: [Waiter] = []
    }

    let state = Mutex(State())

    /// A thread that waits for its turn.
    final class Waiter: Sendable {
        private let signal = DispatchSemaphore(value: 0)
        private let next = Mutex(Next.begin)

        func go(_ next: Next) {
            self.next.withLock { $0 = next }
            signal.signal()
        }

        func wait() -> Next {
            signal.wait()
            return next.withLock(\.self)
        }
    }

    /// The thread's next act when its turn has come.
    enum Next: Sendable {
        /// The thread takes the session from the store.
        case begin
        case join(TurnBatch)
        /// The store could not provide the session.
        case fail(StoreProblem)
    }

    /// Ends a batch: the next thread begins another one.
    func pass() {
        let next = state.withLock { state -> Waiter? in
            guard !state.waiting.isEmpty else {
                state.isBusy = false
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.go(.begin)
    }

    /// All threads that are waiting now fail together, so that none of them has to wait for the failing store.
    func fail(_ problem: StoreProblem) {
        let waiting = state.withLock { state in
            defer { (state.isBusy, state.waiting) = (false, []) }
            return state.waiting
        }
        for waiter in waiting { waiter.go(.fail(problem)) }
    }
}

/// The turns that are committed together.
final class TurnBatch: Sendable {
    struct State {
        var turns = 0
        var outcome: Result<Void, StoreProblem>?
        /// The threads whose turns are over.
        var ends: [DispatchSemaphore] = []
    }

    let line: TurnLine
    let begun: Moment
    private let commit: @Sendable () -> Result<Void, StoreProblem>
    private let state = Mutex(State())

    /// - Parameter commit: commits the changes of all turns.
    init(_ line: TurnLine, begun: Moment, commit: @escaping @Sendable () -> Result<Void, StoreProblem>) {
        (self.line, self.begun, self.commit) = (line, begun, commit)
    }

    /// Ends a turn.
    /// - Parameter passes: whether the batch may continue, depending on the number of its turns.
    /// - Returns: when the changes of the turn are committed.
    func end(_ passes: (Int) -> Bool) throws(StoreProblem) {
        let end = DispatchSemaphore(value: 0)
        let turns = state.withLock { state in
            state.turns += 1
            state.ends.append(end)
            return state.turns
        }
        let next = line.state.withLock { state -> TurnLine.Waiter? in
            guard !state.waiting.isEmpty, passes(turns) else { return nil }
            return state.waiting.removeFirst()
        }
        if let next {
            next.go(.join(self))
            end.wait()
        } else {
            let outcome = commit()
            let ends = state.withLock { state in
                state.outcome = outcome
                return state.ends
            }
            for end in ends { end.signal() }
            line.pass()
        }
        try state.withLock(\.outcome)?.get()
    }
}
