import Synchronization

/// Counts the connections of a listener against its limit, and queues those that wait for a place.
final class ConnectionLimiter: Sendable {
    private struct State {
        var taken = 0
        var tickets = 0
        var waiting: [(ticket: Int, goOn: @Sendable () -> Void)] = []
        /// The tickets of connections that waited and got a place.
        var admitted: Set<Int> = []
    }

    private let state = Mutex(State())

    /// Takes a place if fewer than `limit` are taken. Returns whether a place was taken.
    func take(_ limit: Int) -> Bool {
        state.withLock { state in
            guard state.taken < limit else { return false }
            state.taken += 1
            return true
        }
    }

    /// Frees a place. The first waiting connection gets the free place.
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

    /// - Returns: the ticket for `leave`.
    func wait(_ goOn: @escaping @Sendable () -> Void) -> Int {
        state.withLock { state in
            state.tickets += 1
            state.waiting.append((state.tickets, goOn))
            return state.tickets
        }
    }

    /// Removes a connection that waited, whether it got a place or not.
    func leave(_ ticket: Int) {
        let hadPlace = state.withLock { state in
            state.waiting.removeAll { $0.ticket == ticket }
            return state.admitted.remove(ticket) != nil
        }
        if hadPlace { give() }
    }
}
