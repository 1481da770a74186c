package import SparringExchange
package import SparringScenario
import Synchronization

/// A client's own world: counters, account, dice and timeline. Sessions never meet.
package final class Session: Sendable {
    package let name: String
    package let scenario: Scenario
    /// Everything random of this session comes from it.
    package let seed: UInt64
    private let state: Mutex<State>

    private struct State {
        var progress: SessionState
        var log: ExchangeLog
        var lastUsed: Moment
        var running = 0
    }

    package init(name: String, scenario: Scenario, seed: UInt64, logCapacity: Int, now: Moment) {
        self.name = name
        self.scenario = scenario
        self.seed = seed
        state = Mutex(
            State(
                progress: SessionState(scenario: scenario, seed: seed), log: ExchangeLog(capacity: logCapacity),
                lastUsed: now))
    }

    /// The one place where a session's state changes: `change` runs under the lock and must be short.
    package func mutate<Result: Sendable>(now: Moment, _ change: (inout SessionState) -> sending Result)
        -> sending Result
    {
        state.withLock { state in
            state.lastUsed = now
            state.running += 1
            return change(&state.progress)
        }
    }

    package func record(_ exchange: Exchange) {
        state.withLock { state in
            state.running -= 1
            state.log.append(exchange)
        }
    }

    package var exchanges: [Exchange] { state.withLock { $0.log.exchanges } }

    /// Exchanges that the log no longer holds.
    package var droppedExchanges: Int { state.withLock { $0.log.dropped } }

    package var leftOver: [String] { state.withLock { $0.progress.leftOver(of: scenario) } }

    /// When it was last used; nil while an exchange is running, which nothing may evict.
    package var idleSince: Moment? { state.withLock { $0.running == 0 ? $0.lastUsed : nil } }
}
