import SparringExchange
import Synchronization

/// Sends an answer that an asynchronous function makes, such as the result of a database query. The function runs off the
/// event loop, and the answer is sent in one piece.
final class AnswerFeed: Feed {
    private struct State {
        var bytes: [UInt8]?
        var isSent = false
        var task: Task<Void, Never>?
    }

    private let make: @Sendable () async -> [UInt8]
    private let state = Mutex(State())

    init(_ make: @escaping @Sendable () async -> [UInt8]) { self.make = make }

    func open(_ wake: @escaping @Sendable () -> Void) {
        // An unstructured task, because an event loop cannot wait for a task. `close` cancels it if the client has
        // disconnected.
        let task = Task { [make] in
            let bytes = await make()
            state.withLock { $0.bytes = bytes }
            wake()
        }
        state.withLock { $0.task = task }
    }

    func next() -> FeedPiece {
        state.withLock { state in
            guard let bytes = state.bytes else { return .nothing }
            guard !state.isSent else { return .end }
            state.isSent = true
            return .bytes(bytes)
        }
    }

    /// Does nothing, because the answer ends by itself and a client that half-closes still waits for it.
    func windDown() {}

    func close() { state.withLock { $0.task }?.cancel() }
}
