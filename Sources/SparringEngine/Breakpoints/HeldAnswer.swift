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
        /// Nil before the hold begins, and again after its end is decided.
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

    /// The time when the hold began; nil before that.
    package var since: Moment? { state.withLock(\.since) }

    package func begin(at moment: Moment, _ released: @escaping @Sendable (HoldEnd) -> Void) {
        state.withLock { $0 = State(since: moment, released: released) }
        registry.add(self)
    }

    package func end() {
        state.withLock { $0.released = nil }
        registry.remove(self)
    }

    /// - Returns: true if the answer was held and the end of the hold was not decided yet.
    func decide(_ end: HoldEnd) -> Bool {
        let released = state.withLock { state in
            defer { state.released = nil }
            return state.released
        }
        released?(end)
        return released != nil
    }
}
