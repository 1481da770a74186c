import NIOCore
import Synchronization

/// The open connections of a server, so that stopping can reach each of them on its own event loop.
final class ConnectionSet: Sendable {
    private struct Entry: Sendable {
        let channel: any Channel
        let handler: NIOLoopBound<ConnectionHandler>
    }

    private struct State {
        var entries: [Int: Entry] = [:]
        var opened = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    /// The number of the next connection, from 1.
    func number() -> Int {
        state.withLock { state in
            state.opened += 1
            return state.opened
        }
    }

    /// Called on the channel's event loop. A connection that comes while the server stops is closed.
    func insert(_ handler: ConnectionHandler, number: Int, channel: any Channel) {
        let entry = Entry(channel: channel, handler: NIOLoopBound(handler, eventLoop: channel.eventLoop))
        let isClosed = state.withLock { state in
            state.entries[number] = entry
            return state.isClosed
        }
        if isClosed { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in self.state.withLock { $0.entries[number] = nil } }
    }

    var isEmpty: Bool { state.withLock { $0.entries.isEmpty } }

    func quiesce() {
        state.withLock { $0.isClosed = true }
        forEach { $0.quiesce() }
    }

    func cut() { forEach { $0.cut() } }

    private func forEach(_ action: @escaping @Sendable (ConnectionHandler) -> Void) {
        for entry in state.withLock({ Array($0.entries.values) }) {
            entry.channel.eventLoop.execute { action(entry.handler.value) }
        }
    }

    /// Completes when every connection that is open now has closed.
    func allClosed(on eventLoop: any EventLoop) async throws {
        let futures = state.withLock { state in state.entries.values.map(\.channel.closeFuture) }
        try await EventLoopFuture.andAllComplete(futures, on: eventLoop).get()
    }
}
