package import SparringExchange
import Synchronization

/// Calls that wait to become spans or measurements. An event loop adds a call under a lock that is held only briefly. If the queue is full,
/// a call is dropped, and counted as dropped.
package final class SpanQueue: Sendable {
    private struct State {
        var calls: [TracedCall] = []
        var bodyBytes = 0
        var counts = ExportCounts()
        var isClosed = false
    }

    /// The maximum number of bytes of bodies in the queue. Beyond this limit, calls wait without their bodies, and
    /// their spans lack the parameters of the request.
    private static let mostBodyBytes = 32 * 1024 * 1024

    private let capacity: Int
    /// The number of waiting calls at which they should be sent at once.
    private let batch: Int
    private let state = Mutex(State())

    package init(capacity: Int, batch: Int) {
        self.capacity = capacity
        self.batch = batch
    }

    package var counts: ExportCounts { state.withLock(\.counts) }

    /// - Returns: whether a whole batch is waiting.
    package func append(_ call: consuming TracedCall) -> Bool {
        state.withLock { [call] state in
            guard !state.isClosed, state.calls.count < capacity else {
                state.counts.dropped += 1
                return false
            }
            var call = call
            if state.bodyBytes + call.exchange.request.body.count > Self.mostBodyBytes {
                call.exchange.request.body = []
            }
            state.bodyBytes += call.exchange.request.body.count
            state.calls.append(call)
            return state.calls.count == batch
        }
    }

    /// Takes the oldest calls, at most a batch.
    package func take() -> [TracedCall] {
        state.withLock { state in
            let calls = Array(state.calls.prefix(batch))
            state.calls.removeFirst(calls.count)
            state.bodyBytes -= calls.reduce(0) { $0 + $1.exchange.request.body.count }
            return calls
        }
    }

    func count(sent: Int, dropped: Int) {
        state.withLock { state in
            state.counts.sent += sent
            state.counts.dropped += dropped
        }
    }

    /// Drops the waiting calls and all later ones.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.counts.dropped += state.calls.count
            state.calls = []
        }
    }
}
