package import SparringExchange
import SparringScenario
import Synchronization

/// Takes sessions from a store that servers share, one turn at a time: only one turn uses a session at a time, and the turn's changes are
/// committed before its answer is sent.
///
/// Turns that wait for the same session at one server share a commit: the first turn takes the session, and each turn passes the session on
/// to the next, until no turn waits or the batch is full.
package final class SessionTurns: Sendable {
    let store: any SessionStore
    let clock: @Sendable () -> Moment
    /// The name of this server, which is in its answers.
    package let replica: String
    /// How much of each exchange the store keeps.
    package let journal: StoredExchange.Extent
    private let time = Mutex(StoreTime())
    /// The scenarios that other servers have set, each under its digest.
    private let worlds = Mutex<[UInt64: ScenarioContext]>([:])
    private let restarted = Mutex<@Sendable (String) -> Void>({ _ in })
    /// Writes a log line about work whose changes the store did not accept.
    let report: @Sendable (String) -> Void

    /// The largest number of turns in one commit.
    static let most = 64
    /// The longest time for which turns pass on a session that other servers may be waiting for.
    static let longest = Duration.milliseconds(20)
    /// The largest number of scenarios that are remembered.
    private static let rememberedWorlds = 1_000

    package init(
        _ store: any SessionStore, replica: String, journal: StoredExchange.Extent = .whole,
        report: @escaping @Sendable (String) -> Void = { _ in },
        clock: @escaping @Sendable () -> Moment
    ) {
        self.store = store
        self.report = report
        self.replica = replica
        self.journal = journal
        self.clock = clock
    }

    /// - Parameter call: called with the name of a session that another server has restarted.
    package func whenRestarted(_ call: @escaping @Sendable (String) -> Void) { restarted.withLock { $0 = call } }

    // MARK: A turn

    /// Waits for the session, and adopts the changes that other servers have committed.
    func begin(_ session: Session, in registry: SessionRegistry) throws(StoreProblem) -> TurnBatch {
        guard let line = session.line else { throw StoreProblem("session '\(session.name)' is not shared") }
        let waiter = line.state.withLock { state -> TurnLine.Waiter? in
            guard state.isBusy else {
                state.isBusy = true
                return nil
            }
            let waiter = TurnLine.Waiter()
            state.waiting.append(waiter)
            return waiter
        }
        switch waiter?.wait() ?? .begin {
        case .begin: break
        case .join(let batch): return batch
        case .fail(let problem): throw problem
        }
        do throws(StoreProblem) {
            return try open(session, line, in: registry)
        } catch {
            line.fail(error)
            throw error
        }
    }

    private func open(_ session: Session, _ line: TurnLine, in registry: SessionRegistry)
        throws(StoreProblem) -> TurnBatch
    {
        let grip = try store.take(session.name, known: session.knownVersion)
        let now = clock()
        let offset = time.withLock { $0.sample(grip.reading.time, received: now) }
        do throws(StoreProblem) {
            let isRestarted = try session.install(grip.reading, offset) { (digest) throws(StoreProblem) in
                try world(digest, of: session, grip, in: registry)
            }
            if isRestarted {
                registry.breakpoints.remove(session: session.name)
                registry.breakpoints.release(session: session.name)
                restarted.withLock(\.self)(session.name)
            }
        } catch {
            grip.release()
            throw error
        }
        return TurnBatch(line, begun: now) { [self] in commit(session, grip) }
    }

    /// Ends a turn: passes the session on to the next turn, or commits. Returns when the changes of the turn are committed.
    func end(_ batch: TurnBatch) throws(StoreProblem) {
        try batch.end { turns in turns < Self.most && clock() - batch.begun < Self.longest }
    }

    private func commit(_ session: Session, _ grip: any SessionGrip) -> Result<Void, StoreProblem> {
        do throws(StoreProblem) {
            guard let writing = session.writing(at: clock(), journal) else { throw .unfit }
            try grip.commit(writing)
            session.committed(grip.reading.version + 1)
            return .success(())
        } catch {
            session.distrust()
            return .failure(error)
        }
    }

    // MARK: Scenarios

    private func world(_ digest: UInt64, of session: Session, _ grip: any SessionGrip, in registry: SessionRegistry)
        throws(StoreProblem) -> ScenarioContext
    {
        let own = registry.world
        if own.digest == digest { return own }
        let current = session.dialed.own
        if current.digest == digest { return current }
        if let world = worlds.withLock({ $0[digest] }) { return world }
        guard let text = try grip.scenario(),
            case .success(let scenario) = ScenarioLoader.load(
                text: text, file: "the store", origin: .sent, errors: .api)
        else {
            throw StoreProblem(
                "this server cannot play the session's scenario; start all servers with the same scenario files and the same version"
            )
        }
        let world = registry.world(of: scenario)
        worlds.withLock { worlds in
            if worlds.count >= Self.rememberedWorlds { worlds = [:] }
            worlds[digest] = world
        }
        return world
    }
}
