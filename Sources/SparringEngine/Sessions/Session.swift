package import SparringAPI
package import SparringExchange
import SparringScenario
import Synchronization

extension Exchange.Decision {
    /// The price of the answer in millionths of a dollar; 0 if no model answered, or if the model has no price.
    fileprivate var cost: Double {
        guard let usage, let price = model.flatMap({ PriceTable.builtIn[$0] }) else { return 0 }
        return price.cost(of: usage)
    }
}

/// An isolated client state: counters, account, random draws, clock and exchanges.
package final class Session: Sendable {
    package let name: String
    /// The seed of all random values that this session draws.
    package let seed: UInt64
    /// Stores the session's files, uploads and batches.
    let store: any ObjectStore
    let state: Mutex<State>
    /// The threads that wait for the session; nil without a store that servers share.
    let line: TurnLine?

    struct State {
        var world: ScenarioContext
        /// The scenario as it was given, if `dials` change it; else nil.
        var own: ScenarioContext?
        var dials = Dials()
        var progress: SessionState
        var log: ExchangeLog
        var lastUsed: Moment
        var running = 0
        /// Number of restarts.
        var lives = 0
        /// Start of the first exchange since the session was created or restarted.
        var firstUsed: Moment?
        /// Running scripts that wait by the session's clock.
        var watchers: [Int: @Sendable (ClockChange) -> Void] = [:]
        var watched = 0
        /// The session's progress in a shared store, as far as this server knows it; nil without a store.
        var stored: StoredStanding?
        /// The exchanges that the next commit stores.
        var begun: [Exchange] = []

        mutating func begin(_ now: Moment) {
            lastUsed = now
            running += 1
            if firstUsed == nil { firstUsed = now }
        }
    }

    init(
        name: String, world: ScenarioContext, seed: UInt64, logCapacity: Int, store: any ObjectStore, now: Moment,
        line: TurnLine? = nil
    ) {
        self.store = store
        self.line = line
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

    /// Changes the session's state; no other function does. The closure `change` runs under the lock and must be short.
    package func mutate<Result: Sendable>(now: Moment, _ change: (inout SessionState) -> sending Result)
        -> sending Result
    {
        state.withLock { state in
            state.begin(now)
            return change(&state.progress)
        }
    }

    /// Commits the session to an answer for a request. Returns nil, without any change, if the session's scenario was
    /// replaced.
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

    /// Changes the state outside an exchange: moves the clock, pushes faults.
    package func adjust<Result: Sendable>(_ change: (inout SessionState) -> sending Result) -> sending Result {
        state.withLock { change(&$0.progress) }
    }

    /// Session time, in Unix seconds.
    func unixTime(_ wallTime: Int, at now: Moment) -> Int { adjust(\.clock).unixTime(wallTime, at: now) }

    /// The scenario as it was given, and the dials that change it.
    package var dialed: (own: ScenarioContext, dials: Dials) { state.withLock { ($0.own ?? $0.world, $0.dials) } }

    /// Switches to a scenario that differs from the session's own only in its dials. The session keeps its progress.
    /// - Returns: false, without any change, if the session no longer has the scenarios `own` and `old`.
    func play(_ world: ScenarioContext, of own: ScenarioContext, with dials: Dials, insteadOf old: Dials) -> Bool {
        state.withLock { state in
            guard (state.own ?? state.world) === own, state.dials == old else { return false }
            (state.world, state.own, state.dials) = (world, world === own ? nil : own, dials)
            return true
        }
    }

    /// Clears the state, including the dials, and starts the given scenario, or the current one again.
    package func restart(with world: ScenarioContext? = nil) {
        let watchers = state.withLock { state in
            state.world = world ?? state.own ?? state.world
            (state.own, state.dials) = (nil, Dials())
            let isMoved = state.progress.clock != SessionClock()
            state.progress = SessionState(scenario: state.world.scenario, seed: seed)
            state.progress.clock = SessionClock(scale: state.world.timeScale, from: state.lastUsed)
            if state.stored != nil { state.progress.trackCleared() }
            state.log = ExchangeLog(capacity: state.log.capacity)
            state.begun = []
            state.firstUsed = nil
            state.lives += 1
            return isMoved ? Array(state.watchers.values) : []
        }
        for watcher in watchers { watcher(ClockChange(jump: .zero, scale: self.world.timeScale)) }
    }

    /// Changes with each `restart`, so that work begun before a restart can be abandoned.
    var life: Int { state.withLock(\.lives) }

    /// Changes the clock, also for running scripts.
    /// - Returns: the clock, and whether the change was accepted.
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

    /// The number of scripts and sockets that wait on the session's clock.
    package var clockWatchers: Int { state.withLock(\.watchers.count) }

    /// Deletes the session's objects from the store.
    package func forgetObjects() throws(StoreProblem) { try store.forget(session: name) }

    package var world: ScenarioContext { state.withLock(\.world) }

    /// The session's scenario, if the result of a check depends only on the body; nil if it also depends on the
    /// session's clock, on models that the client has deleted, or on the caller.
    var steadyWorld: ScenarioContext? {
        state.withLock { state in
            let isSteady =
                state.world.checksSteadily && state.progress.objects.deletedModels.isEmpty
                && state.progress.clock == SessionClock()
            return isSteady ? state.world : nil
        }
    }

    /// The session's scenario and its available models. Models that are shut down at the session's time, and models
    /// that the client has deleted, are not available.
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

    /// The models available at `unixTime`, given a table that was already looked up.
    func seen(_ models: ModelTable, at unixTime: Int, now: Moment) -> ModelTable {
        let (clock, deleted) = state.withLock { ($0.progress.clock, $0.progress.objects.deletedModels) }
        return models.seen(
            at: unixTime, real: unixTime - Int(clock.ahead(at: now).components.seconds),
            isMoved: clock != SessionClock(), without: deleted)
    }

    /// Removes an exchange from the log, because its commit has failed.
    func retract(_ number: Int, connection: Int) {
        state.withLock { state in
            if state.log.remove(number, connection: connection) { state.running -= 1 }
            state.begun.removeAll { $0.number == number && $0.connection == connection }
        }
    }

    /// Logs an exchange before the first byte of its answer is sent, so that a client with the answer finds the
    /// exchange.
    package func begin(_ exchange: Exchange, decidedAt moment: Moment) {
        state.withLock { state in
            if state.world.scenario.budget != nil { state.progress.spend(exchange.decision.cost) }
            _ = state.log.begin(exchange, decidedAt: moment)
            guard state.stored != nil else { return }
            var begun = exchange
            begun.timeline.stamp(.decided, at: moment)
            state.begun.append(begun)
        }
    }

    package func end(_ number: Int, connection: Int, timeline: Timeline) {
        state.withLock { state in
            state.running -= 1
            // With a store, a call counts as running until its planned end.
            if state.world.scenario.load != nil, state.stored == nil, let end = timeline.entries.last?.at {
                state.progress.load.leave(number, at: state.progress.clock.time(at: end))
            }
            state.log.end(number, connection: connection, timeline: timeline)
        }
    }

    /// The exchanges since the session was created or restarted, by number. Running exchanges have an incomplete
    /// timeline.
    package var exchanges: [Exchange] { state.withLock { $0.log.exchanges } }

    /// The newest exchanges, by number.
    package func latestExchanges(_ count: Int) -> [Exchange] { state.withLock { $0.log.latest(count) } }

    /// The values that the live page shows of a session: the number of its exchanges, the answers that are being sent,
    /// and its clock.
    package var glance: (exchanges: Int, running: Int, dropped: Int, clock: SessionClock) {
        state.withLock { ($0.log.count, $0.running, $0.log.dropped, $0.progress.clock) }
    }

    /// The exchanges that have ended. Verdicts use only ended exchanges, because verdicts need complete timelines.
    package var endedExchanges: [Exchange] { state.withLock { $0.log.ended } }

    /// Number of exchanges that were dropped from the log.
    package var droppedExchanges: Int { state.withLock { $0.log.dropped } }

    /// Warnings about lines of batches.
    package var lineWarnings: [String] { state.withLock(\.progress.lineWarnings) }

    package var leftOver: [String] { state.withLock { $0.progress.leftOver(of: $0.world.scenario) } }

    /// When the answer of the first exchange was decided; nil before that.
    package var firstUsed: Moment? { state.withLock(\.firstUsed) }

    /// When the session was last used; nil while an exchange is running, so that the session is not evicted.
    package var idleSince: Moment? { state.withLock { $0.running == 0 ? $0.lastUsed : nil } }
}
