import SparringAPI
package import SparringExchange
package import SparringScenario
import SparringWire
import Synchronization

/// Finds sessions by name and creates them on first use. At the limit, the sessions that have been idle longest are
/// removed.
package final class SessionRegistry: Sendable {
    package struct Limits: Sendable {
        /// The maximum number of sessions at once.
        package var sessions: Int
        /// The maximum number of exchanges in each session's log.
        package var exchangesPerSession: Int

        package init(sessions: Int = 10_000, exchangesPerSession: Int = 10_000) {
            self.sessions = sessions
            self.exchangesPerSession = exchangesPerSession
        }
    }

    private let seed: UInt64
    private let limits: Limits
    let store: any ObjectStore
    /// The results of checks. All sessions share them, so that each body is checked only once.
    let checks = CheckMemo()
    package let breakpoints = Breakpoints()
    private let sessions = Mutex(Sessions())
    private let current: Mutex<ScenarioContext>
    private let strikes = Atomic(false)
    /// Takes sessions from a store that servers share; nil without such a store.
    package let turns: SessionTurns?

    /// True if any session was ever given a scenario with faults that strike before the body.
    var hasRequestFaults: Bool { strikes.load(ordering: .relaxed) }

    /// - Parameter turns: takes sessions from a store that servers share; nil if this server alone has them.
    package init(
        world: ScenarioContext, seed: UInt64, limits: Limits, store: any ObjectStore = MemoryStore(),
        turns: SessionTurns? = nil
    ) {
        self.store = store
        self.turns = turns
        current = Mutex(world)
        self.seed = seed
        self.limits = limits
    }

    /// The scenario and settings of every session that was not registered with a scenario of its own.
    package var world: ScenarioContext { current.withLock(\.self) }

    /// Replaces the server's scenario. Sessions that use it restart with the new one.
    package func replace(with scenario: Scenario) {
        let new = world(of: scenario)
        let old = current.withLock { current in
            defer { current = new }
            return current
        }
        for session in all where session.dialed.own === old {
            // Another server may already have restarted the session with the new scenario.
            _ = visit {
                let session = entered(session)
                if session.dialed.own === old { session.restart(with: new) }
            }
        }
    }

    package func session(named name: String, now: Moment) -> Session {
        let session = local(name, now: now)
        return turns == nil ? session : entered(session)
    }

    /// The session that the current work uses alone until the work ends.
    private func entered(_ session: Session) -> Session {
        guard let turns, let visit = SessionVisit.current else { return session }
        return visit.enter(session, turns, in: self)
    }

    private func local(_ name: String, now: Moment) -> Session {
        if let session = known(name) { return session }
        let world = self.world
        return sessions.withLock { sessions in
            if let session = sessions.find(name) { return session }
            if sessions.count >= limits.sessions { evict(from: &sessions) }
            let session = make(name, world, now: now)
            sessions.add(session)
            return session
        }
    }

    /// Creates a session before its first use, with its own scenario. An existing session restarts with this scenario.
    @discardableResult
    package func register(_ name: String, scenario: Scenario, now: Moment) -> Session {
        let world = self.world(of: scenario)
        return sessions.withLock { sessions in
            if let session = sessions.find(name) {
                session.restart(with: world)
                return session
            }
            let session = make(name, world, now: now)
            sessions.add(session)
            return session
        }
    }

    /// The context of a session with this scenario.
    package func world(of scenario: Scenario) -> ScenarioContext {
        if scenario.strikesAtHead { strikes.store(true, ordering: .relaxed) }
        return world.playing(scenario)
    }

    private func make(_ name: String, _ world: ScenarioContext, now: Moment) -> Session {
        Session(
            name: name, world: world, seed: Self.mix(seed, name), logCapacity: limits.exchangesPerSession, store: store,
            now: now, line: turns.map { _ in TurnLine() })
    }

    /// The session, if a request has used it. With a store, work that takes sessions for itself also finds the sessions of other servers.
    package func existing(_ name: String) -> Session? {
        guard let turns, let visit = SessionVisit.current else { return known(name) }
        if let session = known(name) { return visit.enter(session, turns, in: self) }
        do throws(StoreProblem) {
            guard try turns.store.contains(name) else { return nil }
            return visit.enter(local(name, now: turns.clock()), turns, in: self)
        } catch {
            visit.fail(error)
            return nil
        }
    }

    private func known(_ name: String) -> Session? { sessions.withLock { $0.find(name) } }

    /// A session that no other work finds.
    func standIn(for session: Session) -> Session {
        Session(
            name: session.name, world: world, seed: session.seed, logCapacity: 0, store: MemoryStore(),
            now: Moment(nanoseconds: 0))
    }

    /// The names of all sessions; with a store, the names at all servers.
    package func names() throws(StoreProblem) -> [String] {
        guard let turns else { return all.map(\.name) }
        return Set(try turns.store.names()).union(all.map(\.name)).sorted()
    }

    package var all: [Session] { sessions.withLock { $0.all.sorted { $0.name < $1.name } } }

    /// Removes a tenth of the sessions at a time, because the table is sorted each time.
    private func evict(from sessions: inout Sessions) {
        let idle = sessions.all.compactMap { session in session.idleSince.map { (since: $0, name: session.name) } }
        for entry in idle.sorted(by: { $0.since < $1.since }).prefix(max(1, limits.sessions / 10)) {
            sessions.remove(entry.name)
        }
    }

    /// The sessions by name.
    private struct Sessions {
        private var byName: [String: Session] = [:]
        /// The session that was looked up last. Consecutive requests mostly belong to one session, and need no hash of
        /// its name.
        private var latest: Session?

        var count: Int { byName.count }
        var all: [Session] { Array(byName.values) }

        mutating func find(_ name: String) -> Session? {
            if let latest, latest.name == name { return latest }
            guard let session = byName[name] else { return nil }
            latest = session
            return session
        }

        mutating func add(_ session: Session) { byName[session.name] = session }

        mutating func remove(_ name: String) {
            byName[name] = nil
            latest = nil
        }
    }

    /// The session's seed: the hash of its name, salted with the server's seed, so that the order of first use does not
    /// matter.
    private static func mix(_ seed: UInt64, _ name: String) -> UInt64 {
        var mint = IDMint(seed: seed)
        return FNV1a.hash(name, seed: mint.next() ^ FNV1a().value)
    }
}
