import NIOCore
import Synchronization

/// A connection of a server that can be stopped. Must be used on its event loop.
protocol ServedConnection: AnyObject {
    /// Closes the connection if it is idle or could continue forever. Finite answers may finish.
    func quiesce()
    /// Ends the connection at once, because the grace period is over.
    func cut()
}

/// The open connections of a server, so that stopping can reach each of them on its own event loop.
final class ConnectionSet: Sendable {
    private struct State {
        var entries: [Int: NIOLoopBound<any ServedConnection>] = [:]
        var opened = 0
        var isStopping = false
        var emptied: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// The number of the next connection, from 1.
    func number() -> Int {
        state.withLock { state in
            state.opened += 1
            return state.opened
        }
    }

    /// Must be called on the connection's event loop, and again when another handler takes over. A connection that
    /// arrives while the server stops is closed.
    func insert(_ handler: any ServedConnection, number: Int, eventLoop: any EventLoop) {
        let entry = NIOLoopBound(handler, eventLoop: eventLoop)
        let isStopping = state.withLock { state in
            state.entries[number] = entry
            return state.isStopping
        }
        if isStopping { handler.quiesce() }
    }

    /// Removes a connection that is closed and has reported everything.
    func remove(_ number: Int) {
        let continuations = state.withLock { state in
            state.entries[number] = nil
            guard state.entries.isEmpty else { return [CheckedContinuation<Void, Never>]() }
            defer { state.emptied = [] }
            return state.emptied
        }
        for continuation in continuations { continuation.resume() }
    }

    var count: Int { state.withLock { $0.entries.count } }

    func quiesce() {
        state.withLock { $0.isStopping = true }
        forEach { $0.quiesce() }
    }

    func cut() { forEach { $0.cut() } }

    private func forEach(_ action: @escaping @Sendable (any ServedConnection) -> Void) {
        for entry in state.withLock({ Array($0.entries.values) }) { entry.eventLoop.execute { action(entry.value) } }
    }

    /// Returns when no connection is left.
    func untilEmpty() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if !state.entries.isEmpty { state.emptied.append(continuation) }
                return state.entries.isEmpty
            }
            if isEmpty { continuation.resume() }
        }
    }
}
