import GRDB
import SparringExchange

/// Writes batches of exchanges into a journal file, each in one transaction. The writer blocks, so `JournalStore` calls it on its own
/// queue.
struct JournalWriter: Sendable {
    let pool: DatabasePool
    /// The row of this server in `runs`.
    let run: Int64
    /// The lowest id of this run's exchanges.
    let first: Int64
    private let settings: JournalStore.Settings

    init(_ settings: JournalStore.Settings, run info: JournalStore.Run, in pool: DatabasePool) throws(JournalError) {
        do {
            (run, first) = try pool.write { db in
                try db.execute(
                    sql: "INSERT INTO runs (started_ns, scenario, seed, version, keeps) VALUES (?, ?, ?, ?, ?)",
                    arguments: [
                        info.startedAt, info.scenario, String(info.seed), info.version, settings.keeps.rawValue,
                    ])
                let run = db.lastInsertedRowID
                return (run, (try Int64.fetchOne(db, sql: "SELECT max(id) FROM exchanges") ?? 0) + 1)
            }
        } catch {
            throw .unusable(settings.path, "cannot be written: \(error)")
        }
        self.pool = pool
        self.settings = settings
    }

    func write(_ items: [JournalQueue.Item]) throws {
        try pool.write { db in
            let exchanges = try db.cachedStatement(sql: Self.insertExchange)
            let insertBodies = try db.cachedStatement(
                sql: "INSERT INTO bodies (exchange, request, answer) VALUES (?, ?, ?)")
            var row = RowBuffer()
            var headers = HeaderColumn()
            var bytes = 0
            for item in items {
                let dropped = settings.keeps == .heads ? .heads : item.dropped
                let bodies = dropped == nil ? JournalBodies(item) : nil
                JournalRow.write(
                    item, dropped: dropped ?? bodies.flatMap { $0.isWithheld ? BodyDrop.coding : nil },
                    head: bodies?.head ?? JournalBodies.head(of: item.answer), run: run, headers: &headers, to: &row)
                try exchanges.insert(row, db)
                guard let bodies else { continue }
                row.clear()
                row.integer(db.lastInsertedRowID)
                row.blob(bodies.request)
                row.blob(bodies.answer)
                try insertBodies.insert(row, db)
                bytes += bodies.request.count + bodies.answer.count
            }
            if bytes > 0 { try BodyBudget.charge(bytes, budget: settings.budget, db) }
        }
    }

    /// Records the end of a run: its time, and the number of exchanges that could not be written.
    func finish(at endedAt: Int64, lost: Int) throws {
        try pool.write { db in
            try db.execute(
                sql: "UPDATE runs SET ended_ns = ?, lost = ? WHERE id = ?", arguments: [endedAt, lost, run])
        }
    }

    private static let insertExchange = {
        let places = Array(repeating: "?", count: JournalRow.columns.count).joined(separator: ", ")
        return "INSERT INTO exchanges (\(JournalRow.columns.joined(separator: ", "))) VALUES (\(places))"
    }()
}
