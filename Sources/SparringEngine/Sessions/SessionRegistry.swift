import SparringAPI
package import SparringExchange
package import SparringScenario
import SparringWire
import Synchronization

/// Finds a session by name, and makes it on first use. Capped: where the cap is reached, the sessions idle longest give way.
package final class SessionRegistry: Sendable {
    package struct Limits: Sendable {
        /// Sessions alive at once.
        package var sessions: Int
        /// Exchanges that each session's log keeps.
        package var exchangesPerSession: Int

        package init(sessions: Int = 10_000, exchangesPerSession: Int = 10_000) {
            self.sessions = sessions
            self.exchangesPerSession = exchangesPerSession
        }
    }

    private let world: ScenarioContext
    private let seed: UInt64
    private let limits: Limits
    let store: any ObjectStore
    private let sessions = Mutex<[String: Session]>([:])
    private let strikes = Atomic(false)

    /// Whether a session was ever given a scenario that strikes requests before their bodies are read.
    var hasRequestFaults: Bool { strikes.load(ordering: .relaxed) }

    package init(world: ScenarioContext, seed: UInt64, limits: Limits, store: any ObjectStore = MemoryStore()) {
        self.store = store
        self.world = world
        self.seed = seed
        self.limits = limits
    }

    package func session(named name: String, now: Moment) -> Session {
        sessions.withLock { sessions in
            if let session = sessions[name] { return session }
            if sessions.count >= limits.sessions { evict(from: &sessions) }
            let session = make(name, world, now: now)
            sessions[name] = session
            return session
        }
    }

    /// Makes a session ahead of its first use, with a scenario of its own. One that exists starts afresh with it.
    @discardableResult
    package func register(_ name: String, scenario: Scenario, now: Moment) -> Session {
        let world = self.world(of: scenario)
        return sessions.withLock { sessions in
            if let session = sessions[name] {
                session.restart(with: world)
                return session
            }
            let session = make(name, world, now: now)
            sessions[name] = session
            return session
        }
    }

    /// What a session plays by that is given this scenario.
    package func world(of scenario: Scenario) -> ScenarioContext {
        if scenario.strikesAtHead { strikes.store(true, ordering: .relaxed) }
        return world.playing(scenario)
    }

    private func make(_ name: String, _ world: ScenarioContext, now: Moment) -> Session {
        Session(
            name: name, world: world, seed: Self.mix(seed, name), logCapacity: limits.exchangesPerSession, store: store,
            now: now)
    }

    package func existing(_ name: String) -> Session? { sessions.withLock { $0[name] } }

    package var all: [Session] { sessions.withLock { $0.values.sorted { $0.name < $1.name } } }

    /// A tenth at a time, so that a flood of new names does not sort the table for each of them.
    private func evict(from sessions: inout [String: Session]) {
        let idle = sessions.values.compactMap { session in session.idleSince.map { (since: $0, name: session.name) } }
        for entry in idle.sorted(by: { $0.since < $1.since }).prefix(max(1, limits.sessions / 10)) {
            sessions[entry.name] = nil
        }
    }

    /// The session's own seed: a hash of its name that begins with the server's, so that the order of first use plays no part.
    private static func mix(_ seed: UInt64, _ name: String) -> UInt64 {
        var mint = IDMint(seed: seed)
        return FNV1a.hash(name, seed: mint.next() ^ FNV1a().value)
    }
}
