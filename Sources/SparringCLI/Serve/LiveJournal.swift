import SparringEngine
import SparringExchange
import SparringHTTP
import SparringPostgres
import SparringStore

/// The journal of a running server (with `--db`), and the clock that its times are based on.
struct LiveJournal {
    let clock = MonotonicClock()
    let store: JournalStore?
    /// The store for uploaded files, batches and collections: in the database of `--store`, in the file of `--db`, or in a
    /// temporary file.
    let objects: any ObjectStore
    /// The server's place among the servers that share the database of `--store`; nil without such a database.
    let fleet: FleetMember?
    private let startedAt: Int64
    let log: ServerLog

    /// - Parameter place: the database of the objects; nil for a file.
    /// - Throws: `JournalError` if the file cannot be used; `StoreProblem` if the database cannot.
    init(
        scenario: String, seed: UInt64, settings: Settings, log: ServerLog, objects place: PostgresLocation? = nil
    ) throws {
        let shared = try place.map { try PostgresObjectStore($0, .init(name: "sparring \(Version.text)")) }
        let clock = clock
        fleet = shared.map { FleetMember($0, clock: clock, log: log) }
        startedAt = WallClock.nanoseconds()
        extent = settings.journal.map { $0 == .heads ? .heads : .whole } ?? .nothing
        self.log = log
        guard let path = settings.db, let keeps = settings.journal else {
            store = nil
            objects = try shared ?? SQLiteObjectStore()
            return
        }
        let file = try StoreFile(path)
        objects = try shared ?? SQLiteObjectStore(file)
        let run = JournalStore.Run(scenario: scenario, seed: seed, version: Version.text, startedAt: startedAt)
        store = try JournalStore(
            JournalStore.Settings(path: path, keeps: keeps, budget: settings.dbBudget), run: run, in: file
        ) { warning in log.line("sparring: \(warning)") }
    }

    /// How much of each exchange the database of `--store` keeps.
    let extent: StoredExchange.Extent

    var sinks: [any ExchangeSink] {
        let all: [(any ExchangeSink)?] = [store, extent == .nothing ? nil : fleet?.journal]
        return all.compactMap(\.self)
    }

    /// Closes the file. Must be called when no exchange is running. If exchanges are missing, writes a line to the log
    /// and returns false.
    func close() async -> Bool {
        let elapsed = clock.now.nanoseconds
        let problems = [await store?.close(endedAt: startedAt + elapsed), await fleet?.journal.close()].compactMap(
            \.self)
        for problem in problems { log.line("sparring: \(problem)") }
        return problems.isEmpty
    }
}
