import Synchronization

/// Limits how many users of a resource run at once. The cases of a table all start together.
package final class Slots: Sendable {
    /// Slots for programs with clients. With too many at once, a test would measure the machine instead of the waits
    /// that it is about.
    package static let clients = Slots(3)
    /// Slots for servers in this process. Each server has a dozen descriptors, and `Process` of Foundation crashes with
    /// more than 1,300.
    package static let servers = Slots(8)

    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    package init(_ count: Int) { state = Mutex(State(free: count)) }

    package func use<Value: Sendable>(_ body: @Sendable () async throws -> Value) async rethrows -> Value {
        await take()
        defer { give() }
        return try await body()
    }

    package func take() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    package func give() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume()
    }
}
