import SparringExchange
import SparringJSON
import SparringScenario
import Synchronization

extension Session {
    /// The number of the last commit that the server knows.
    var knownVersion: Int { state.withLock { $0.stored?.version ?? 0 } }

    /// Identifies the time since the last restart by any server; nil if nothing was committed yet.
    var sharedLife: Int? { state.withLock { state in state.stored.flatMap { $0.life > 0 ? $0.life : nil } } }

    /// Adopts the changes that other servers have committed.
    /// - Parameter find: returns a scenario by its digest; throws if the server cannot get it.
    /// - Returns: true if another server has restarted the session.
    func install(
        _ reading: SessionReading, _ offset: StoreOffset, _ find: (UInt64) throws(StoreProblem) -> ScenarioContext
    ) throws(StoreProblem) -> Bool {
        let known = state.withLock { state in
            if state.stored == nil {
                state.stored = StoredStanding(state.own ?? state.world, lives: state.lives, offset: offset)
                state.progress.track()
            }
            return state.stored?.version ?? 0
        }
        guard reading.version > 0 else { return forget(offset) }
        guard reading.version != known else { return false }
        guard let json = try? JSONValue.parse(reading.state), let life = json["life"]?.int,
            let digest = json["scenario"]?.string.flatMap({ UInt64($0, radix: 16) })
        else { throw .unfit }
        guard json["seed"]?.string == String(seed) else {
            throw StoreProblem("the session was started with another seed; start all servers with the same --seed")
        }
        let world = try find(digest)
        let outcome = state.withLock { state -> Result<Installed, StoreProblem> in
            state.install(json, reading, of: world, life: life, seed: seed, offset)
        }
        let installed = try outcome.get()
        for watcher in installed.watchers { watcher(installed.change) }
        return installed.isRestarted
    }

    fileprivate struct Installed: Sendable {
        var watchers: [@Sendable (ClockChange) -> Void]
        var change: ClockChange
        var isRestarted: Bool
    }

    /// The store has no such session. A session that this server has committed, or failed to commit, starts again as a new session.
    /// - Returns: true if the session started again.
    private func forget(_ offset: StoreOffset) -> Bool {
        let isNew = state.withLock { state in state.stored?.life == 0 && state.stored?.version == 0 }
        if isNew { return false }
        restart()
        state.withLock { state in
            state.stored = StoredStanding(state.own ?? state.world, lives: state.lives, offset: offset)
        }
        return true
    }

    /// The changes since the last commit, and the state.
    /// - Parameter extent: how much of each exchange the store keeps.
    /// - Returns: nil for a session that was never taken from a store.
    func writing(at now: Moment, _ extent: StoredExchange.Extent = .whole) -> SessionWriting? {
        let (changes, begun, offset) = state.withLock { state -> (SessionWriting?, [Exchange], StoreOffset?) in
            defer { state.begun = [] }
            return (state.writing(seed, at: now), state.begun, state.stored?.offset)
        }
        guard var changes, let offset else { return nil }
        guard extent != .nothing else { return changes }
        changes.exchanges = begun.map { StoredExchange($0, offset, extent) }
        changes.forgotten = begun.lazy.compactMap { Self.forgotten(at: $0.number) }.last
        return changes
    }

    /// The number of exchanges of a session that a store keeps.
    private static let kept = 1000
    /// When an exchange with a number divisible by this one begins, old exchanges are deleted.
    private static let rarely = 100

    private static func forgotten(at number: Int) -> Int? {
        number > kept && number % rarely == 0 ? number - kept : nil
    }

    /// Called when the changes were committed.
    func committed(_ version: Int) {
        state.withLock { state in
            guard var standing = state.stored else { return }
            if let next = standing.next {
                (standing.life, standing.digest, standing.lives, standing.next) = (
                    next.life, next.digest, state.lives, nil
                )
            }
            standing.version = version
            state.stored = standing
            state.progress.track()
        }
    }

    /// Called when the changes could not be committed: the next turn reads everything from the store.
    func distrust() {
        state.withLock { state in
            state.begun = []
            state.stored?.version = 0
            // Without a commit, the next turn must not treat the stored state as that of a new session.
            if state.stored?.life == 0 { state.stored?.life = -1 }
        }
    }
}

extension Session.State {
    /// The changes since the last commit, and the state, without the exchanges.
    fileprivate mutating func writing(_ seed: UInt64, at now: Moment) -> SessionWriting? {
        guard var standing = stored else { return nil }
        let world = own ?? self.world
        let isRestarted = standing.life <= 0 || standing.lives != lives
        standing.next = isRestarted ? (Int.random(in: 1..<1 << 53), world.digest) : nil
        var json = progress.stored(standing.offset, at: now)
        json["seed"] = .string(String(seed))
        json["life"] = .int(standing.next?.life ?? standing.life)
        json["scenario"] = .string(String(standing.next?.digest ?? standing.digest, radix: 16))
        let (entries, cleared) = progress.changes(standing.offset)
        for table in cleared { standing.emptied[table.rawValue] = standing.version + 1 }
        let rows = standing.recent.add(entries, cleared: cleared)
        if !standing.recent.entries.isEmpty { json["recent"] = standing.recent.json }
        json["emptied"] = .array(standing.emptied.map { .int($0) })
        stored = standing
        var writing = SessionWriting(
            state: JSONValue.object(json).serialized(), entries: rows, cleared: cleared,
            scenario: isRestarted ? .some(world.scenario.source) : .none)
        writing.life = standing.next?.life ?? standing.life
        return writing
    }

    /// Adopts a commit of another server.
    fileprivate mutating func install(
        _ json: JSONValue, _ reading: SessionReading, of world: ScenarioContext, life: Int, seed: UInt64,
        _ offset: StoreOffset
    ) -> Result<Session.Installed, StoreProblem> {
        guard let standing = stored else { return .failure(.unfit) }
        let isSameLife = life == standing.life && lives == standing.lives
        var next =
            isSameLife && standing.version > 0 ? progress : SessionState(scenario: world.scenario, seed: seed)
        if isSameLife { next.objects = progress.objects }
        do throws(StoreProblem) {
            try next.take(json, of: world.scenario, offset)
        } catch {
            return .failure(error)
        }
        let emptied = SessionTable.allCases.map { json["emptied"]?[$0.rawValue]?.int ?? 0 }
        for table in SessionTable.allCases where emptied[table.rawValue] > standing.version { next.empty(table) }
        next.take(reading.entries, offset)
        let recent = RecentEntries(json["recent"])
        next.take(recent.entries, offset)
        next.track()
        let old = progress.clock
        let isRestarted = !isSameLife && standing.life > 0
        if !isSameLife { (self.world, own, dials) = (world, nil, Dials()) }
        if isRestarted {
            log = ExchangeLog(capacity: log.capacity)
            firstUsed = nil
            lives += 1
        }
        progress = next
        stored = StoredStanding(world, lives: lives, offset: offset)
        stored?.version = reading.version
        stored?.life = life
        stored?.emptied = emptied
        stored?.recent = recent
        return .success(
            Session.Installed(
                watchers: old == next.clock ? [] : Array(watchers.values), change: next.clock.change(from: old),
                isRestarted: isRestarted))
    }
}
