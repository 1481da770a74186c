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

    /// True if any session was ever given a scenario with faults that strike before the body.
    var hasRequestFaults: Bool { strikes.load(ordering: .relaxed) }

    package init(world: ScenarioContext, seed: UInt64, limits: Limits, store: any ObjectStore = MemoryStore()) {
        self.store = store
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
        for session in all where session.dialed.own === old { session.restart(with: new) }
    }

    package func session(named name: String, now: Moment) -> Session {
        if let session = existing(name) { return session }
        let world = self.world
        return sessions.withLock { sessions in
            if let session = sessions.find(name) { return session }
            if sessions.count >= limits.sessions { evict(from: &sessions) }
            let session = make(name, world, now: now)
            sessions.add(session)
            return session
        }
    }

    /// Creates a session before its first use, with its own scenario. An existing session restarts with it.
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
            now: now)
    }

    package func existing(_ name: String) -> Session? { sessions.withLock { $0.find(name) } }

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
