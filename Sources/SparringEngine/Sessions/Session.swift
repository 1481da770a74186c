package import SparringAPI
package import SparringExchange
import SparringScenario
import Synchronization

/// A client's own world: counters, account, dice and timeline. Sessions never meet.
package final class Session: Sendable {
    package let name: String
    /// Everything random of this session comes from it.
    package let seed: UInt64
    /// Keeps its files, uploads and batches.
    let store: any ObjectStore
    private let state: Mutex<State>

    private struct State {
        var world: ScenarioContext
        var progress: SessionState
        var log: ExchangeLog
        var lastUsed: Moment
        var running = 0
        /// How often it has started over.
        var lives = 0
        /// The first exchange since the session was made or restarted.
        var firstUsed: Moment?
        /// Scripts that wait by the session's clock.
        var watchers: [Int: @Sendable (ClockChange) -> Void] = [:]
        var watched = 0

        mutating func begin(_ now: Moment) {
            lastUsed = now
            running += 1
            if firstUsed == nil { firstUsed = now }
        }
    }

    init(name: String, world: ScenarioContext, seed: UInt64, logCapacity: Int, store: any ObjectStore, now: Moment) {
        self.store = store
        self.name = name
        self.seed = seed
        var progress = SessionState(scenario: world.scenario, seed: seed)
        progress.clock = SessionClock(scale: world.timeScale, from: now)
        state = Mutex(
            State(
                world: world, progress: progress,
                log: ExchangeLog(capacity: logCapacity),
                lastUsed: now))
    }

    /// The one place where a session's state changes: `change` runs under the lock and must be short.
    package func mutate<Result: Sendable>(now: Moment, _ change: (inout SessionState) -> sending Result)
        -> sending Result
    {
        state.withLock { state in
            state.begin(now)
            return change(&state.progress)
        }
    }

    /// Commits the session for a request: nil, and nothing happens, where it has another world by now.
    func commit(
        _ request: CommitRequest, _ candidates: [Candidate] = [], in world: ScenarioContext, digest: UInt64 = 0,
        now: Moment
    ) -> SessionState.Commitment? {
        state.withLock { state in
            guard state.world === world else { return nil }
            if request.isExchange { state.begin(now) }
            return state.progress.commit(request, candidates, in: world.scenario, digest: digest, now: now)
        }
    }

    /// A change from outside any exchange: a clock that is moved, faults that are pushed.
    package func adjust<Result: Sendable>(_ change: (inout SessionState) -> sending Result) -> sending Result {
        state.withLock { change(&$0.progress) }
    }

    /// Unix seconds of the session's time.
    func unixTime(_ wallTime: Int, at now: Moment) -> Int { adjust(\.clock).unixTime(wallTime, at: now) }

    /// Forgets what was, and goes on with another scenario, or with the same one from its start.
    package func restart(with world: ScenarioContext? = nil) {
        let watchers = state.withLock { state in
            state.world = world ?? state.world
            let isMoved = state.progress.clock != SessionClock()
            state.progress = SessionState(scenario: state.world.scenario, seed: seed)
            state.progress.clock = SessionClock(scale: state.world.timeScale, from: state.lastUsed)
            state.log = ExchangeLog(capacity: state.log.capacity)
            state.firstUsed = nil
            state.lives += 1
            return isMoved ? Array(state.watchers.values) : []
        }
        for watcher in watchers { watcher(ClockChange(jump: .zero, scale: self.world.timeScale)) }
    }

    /// Another one after each `restart`: work that was begun in the life before is not gone on with.
    var life: Int { state.withLock(\.lives) }

    /// Changes the clock, also for the scripts that are under way.
    /// - Returns: the clock, and whether it let itself be changed.
    package func changeClock(_ change: @Sendable (inout SessionClock) -> Bool) -> (clock: SessionClock, isChanged: Bool)
    {
        let (old, new, isChanged, watchers) = state.withLock { state in
            let old = state.progress.clock
            let isChanged = change(&state.progress.clock)
            return (old, state.progress.clock, isChanged, Array(state.watchers.values))
        }
        if new != old { for watcher in watchers { watcher(new.change(from: old)) } }
        return (new, isChanged)
    }

    func watchClock(since written: SessionClock, _ change: @escaping @Sendable (ClockChange) -> Void) -> Int {
        let (watcher, clock) = state.withLock { state in
            state.watched += 1
            state.watchers[state.watched] = change
            return (state.watched, state.progress.clock)
        }
        if clock != written { change(clock.change(from: written)) }
        return watcher
    }

    func unwatchClock(_ watcher: Int) { state.withLock { $0.watchers[watcher] = nil } }

    /// Lets go of what it holds in the store.
    package func forgetObjects() throws(StoreProblem) { try store.forget(session: name) }

    package var world: ScenarioContext { state.withLock(\.world) }

    /// What the session plays by, and the models that answer in it: some are shut down by its time, some their owner has deleted.
    ///
    /// - Parameter wallTime: Unix seconds.
    package func standing(wallTime: Int, now: Moment) -> (world: ScenarioContext, models: ModelTable) {
        let (world, clock, deleted) = state.withLock {
            ($0.world, $0.progress.clock, $0.progress.objects.deletedModels)
        }
        let models = world.models.seen(
            at: clock.unixTime(wallTime, at: now), real: wallTime, isMoved: clock != SessionClock(), without: deleted)
        return (world, models)
    }

    /// As the second part of `standing`, for a table and a time of the session that are known.
    func seen(_ models: ModelTable, at unixTime: Int, now: Moment) -> ModelTable {
        let (clock, deleted) = state.withLock { ($0.progress.clock, $0.progress.objects.deletedModels) }
        return models.seen(
            at: unixTime, real: unixTime - Int(clock.ahead(at: now).components.seconds),
            isMoved: clock != SessionClock(), without: deleted)
    }

    /// Called before the first byte of an answer can leave: who has the answer finds the exchange.
    package func begin(_ exchange: Exchange, decidedAt moment: Moment) {
        _ = state.withLock { $0.log.begin(exchange, decidedAt: moment) }
    }

    package func end(_ number: Int, connection: Int, timeline: Timeline) {
        state.withLock { state in
            state.running -= 1
            if state.world.scenario.load != nil, let end = timeline.entries.last?.at {
                state.progress.load.leave(number, at: state.progress.clock.time(at: end))
            }
            state.log.end(number, connection: connection, timeline: timeline)
        }
    }

    /// Those decided since the session was made or restarted, by number; of those still running, not yet how they went.
    package var exchanges: [Exchange] { state.withLock { $0.log.exchanges } }

    /// For verdicts, which need to know how an exchange went.
    package var endedExchanges: [Exchange] { state.withLock { $0.log.ended } }

    /// Exchanges that the log no longer holds.
    package var droppedExchanges: Int { state.withLock { $0.log.dropped } }

    /// Warnings about lines of batches.
    package var lineWarnings: [String] { state.withLock(\.progress.lineWarnings) }

    package var leftOver: [String] { state.withLock { $0.progress.leftOver(of: $0.world.scenario) } }

    /// When the decision on its first exchange was made; nil before it.
    package var firstUsed: Moment? { state.withLock(\.firstUsed) }

    /// When it was last used; nil while an exchange is running, which nothing may evict.
    package var idleSince: Moment? { state.withLock { $0.running == 0 ? $0.lastUsed : nil } }
}
