package import SparringExchange
import SparringWire
import Synchronization

/// The breakpoints of a server, and the answers that they hold. If there is no breakpoint, an answer only does one
/// atomic read.
package final class Breakpoints: Sendable {
    /// The maximum number of breakpoints at once.
    package static let most = 100

    private struct State {
        var latest = 0
        var breakpoints: [Breakpoint] = []
        var held: [HeldAnswer] = []
    }

    private let state = Mutex(State())
    private let count = Atomic(0)

    package init() {}

    var isSet: Bool { count.load(ordering: .relaxed) > 0 }

    package var all: [Breakpoint] { state.withLock(\.breakpoints) }

    /// The held answers, the longest held first.
    package var held: [HeldAnswer] { state.withLock(\.held) }

    /// - Returns: the breakpoint with its number; nil if the server already has `most` breakpoints.
    package func set(_ breakpoint: Breakpoint) -> Breakpoint? {
        change { state in
            guard state.breakpoints.count < Self.most else { return nil }
            state.latest += 1
            var breakpoint = breakpoint
            breakpoint.number = state.latest
            state.breakpoints.append(breakpoint)
            return breakpoint
        }
    }

    /// Removes the breakpoints of a session.
    /// - Returns: their numbers.
    @discardableResult
    package func remove(session: String) -> [Int] {
        change { state in
            let numbers = state.breakpoints.filter { $0.session == session }.map(\.number)
            state.breakpoints.removeAll { $0.session == session }
            return numbers
        }
    }

    /// Ends the holds of a session.
    /// - Parameter number: the number of the exchange in its session. If nil, all held answers of the session are
    ///   released.
    /// - Returns: the numbers of the exchanges.
    @discardableResult
    package func release(session: String, number: Int? = nil, _ end: HoldEnd = .go) -> [Int] {
        let chosen = held.filter { $0.session == session && (number == nil || $0.number == number) }
        return chosen.filter { $0.decide(end) }.map(\.number)
    }

    /// The oldest breakpoint that selects this answer.
    func first(wanting exchange: Exchange) -> Breakpoint? { all.first { $0.wants(exchange) } }

    /// Uses up one of the breakpoint's calls for an answer that has the breakpoint's point. Called when the answer is
    /// decided.
    /// - Returns: nil if the breakpoint has been used up or removed in the meantime.
    func claim(_ breakpoint: Breakpoint, for exchange: Exchange) -> HeldAnswer? {
        let isTaken = change { state in
            guard let index = state.breakpoints.firstIndex(where: { $0.number == breakpoint.number }) else {
                return false
            }
            state.breakpoints[index].calls -= 1
            if state.breakpoints[index].calls == 0 { state.breakpoints.remove(at: index) }
            return true
        }
        return isTaken ? HeldAnswer(of: exchange, by: breakpoint, in: self) : nil
    }

    func add(_ answer: HeldAnswer) { state.withLock { $0.held.append(answer) } }

    func remove(_ answer: HeldAnswer) { state.withLock { $0.held.removeAll { $0 === answer } } }

    private func change<Result: Sendable>(_ change: (inout State) -> sending Result) -> sending Result {
        state.withLock { state in
            let result = change(&state)
            count.store(state.breakpoints.count, ordering: .relaxed)
            return result
        }
    }
}
