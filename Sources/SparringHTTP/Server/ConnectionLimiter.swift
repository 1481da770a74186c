import Synchronization

/// How many connections of a listener count against its limit, and who waits for one of them to go.
final class ConnectionLimiter: Sendable {
    private struct State {
        var taken = 0
        var tickets = 0
        var waiting: [(ticket: Int, goOn: @Sendable () -> Void)] = []
        /// Those who waited and were let in.
        var admitted: Set<Int> = []
    }

    private let state = Mutex(State())

    /// Whether there is one of so many left; it is taken then.
    func take(_ limit: Int) -> Bool {
        state.withLock { state in
            guard state.taken < limit else { return false }
            state.taken += 1
            return true
        }
    }

    /// The first of those who wait has it.
    func give() {
        let next = state.withLock { state -> (@Sendable () -> Void)? in
            guard !state.waiting.isEmpty else {
                state.taken -= 1
                return nil
            }
            let next = state.waiting.removeFirst()
            state.admitted.insert(next.ticket)
            return next.goOn
        }
        next?()
    }

    /// - Returns: what `leave` wants to know.
    func wait(_ goOn: @escaping @Sendable () -> Void) -> Int {
        state.withLock { state in
            state.tickets += 1
            state.waiting.append((state.tickets, goOn))
            return state.tickets
        }
    }

    /// Somebody who has waited is gone, let in or not.
    func leave(_ ticket: Int) {
        let hadPlace = state.withLock { state in
            state.waiting.removeAll { $0.ticket == ticket }
            return state.admitted.remove(ticket) != nil
        }
        if hadPlace { give() }
    }
}
