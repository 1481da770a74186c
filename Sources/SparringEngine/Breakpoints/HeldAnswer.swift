package import SparringExchange
import SparringWire
import Synchronization

/// An answer that a breakpoint holds, or will hold once it reaches its point.
package final class HeldAnswer: AnswerHold {
    /// The breakpoint's number.
    package let breakpoint: Int
    package let session: String
    /// The number of the exchange in its session.
    package let number: Int
    package let exchange: Exchange
    package let point: String
    package let limit: Duration
    private let registry: Breakpoints
    private let state = Mutex(State())

    private struct State {
        var since: Moment?
        /// Nil before the hold begins, and once its end is decided.
        var released: (@Sendable (HoldEnd) -> Void)?
    }

    init(of exchange: Exchange, by breakpoint: Breakpoint, in registry: Breakpoints) {
        self.breakpoint = breakpoint.number
        self.registry = registry
        session = exchange.session
        number = exchange.number
        self.exchange = exchange
        point = breakpoint.point.description
        limit = breakpoint.limit
    }

    /// Since when the answer is held; nil before.
    package var since: Moment? { state.withLock(\.since) }

    package func begin(at moment: Moment, _ released: @escaping @Sendable (HoldEnd) -> Void) {
        state.withLock { $0 = State(since: moment, released: released) }
        registry.add(self)
    }

    package func end() {
        state.withLock { $0.released = nil }
        registry.remove(self)
    }

    /// - Returns: whether the answer was held, and its end was not decided before.
    func decide(_ end: HoldEnd) -> Bool {
        let released = state.withLock { state in
            defer { state.released = nil }
            return state.released
        }
        released?(end)
        return released != nil
    }
}
