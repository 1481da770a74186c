import SparringEngine
import SparringExchange
import SparringHTTP
import SparringStore

/// The journal of a running server, where `--db` asks for one, and the clock that its times count from.
struct LiveJournal {
    let clock = MonotonicClock()
    let store: JournalStore?
    /// Files and what comes of them, in the same file; where there is none, in one that goes with the server.
    let objects: any ObjectStore
    private let startedAt: Int64
    private let log: ServerLog

    /// - Throws: `JournalError` where the file cannot hold it.
    init(scenario: String, seed: UInt64, settings: Settings, log: ServerLog) throws {
        startedAt = WallClock.nanoseconds()
        self.log = log
        guard let path = settings.db, let keeps = settings.journal else {
            store = nil
            objects = try SQLiteObjectStore()
            return
        }
        let file = try StoreFile(path)
        objects = try SQLiteObjectStore(file)
        let run = JournalStore.Run(scenario: scenario, seed: seed, version: Version.text, startedAt: startedAt)
        store = try JournalStore(
            JournalStore.Settings(path: path, keeps: keeps, budget: settings.dbBudget), run: run, in: file
        ) { warning in log.line("sparring: \(warning)") }
    }

    var sinks: [any ExchangeSink] { store.map { [$0] } ?? [] }

    /// Called when no exchange is under way any more. False where exchanges are missing in the file, which has been said.
    func close() async -> Bool {
        let elapsed = clock.now.nanoseconds
        guard let problem = await store?.close(endedAt: startedAt + elapsed) else { return true }
        log.line("sparring: \(problem)")
        return false
    }
}
