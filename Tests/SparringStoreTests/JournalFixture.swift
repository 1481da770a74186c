import Foundation
import GRDB
import SparringExchange
import SparringStore
import SparringWire
import Testing

/// A journal file in its own directory, which is removed with this value.
final class JournalFixture: Sendable {
    let directory: URL
    let path: String

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "sparring-journal-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        path = directory.appending(path: "journal.sqlite").path
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    static let startedAt: Int64 = 1_767_225_600_000_000_000
    static let run = JournalStore.Run(scenario: "test", seed: .max, version: "0", startedAt: startedAt)

    var settings: JournalStore.Settings { JournalStore.Settings(path: path) }

    func open(_ settings: JournalStore.Settings? = nil) throws -> JournalStore {
        try JournalStore(settings ?? self.settings, run: Self.run) { Issue.record("\($0)") }
    }

    /// Passes exchanges to a store, closes the store, and returns its report.
    @discardableResult
    func keep(
        _ exchanges: [(Exchange, WireScript)], _ settings: JournalStore.Settings? = nil
    ) async throws -> String? {
        let store = try open(settings)
        for (exchange, script) in exchanges { store.receive(exchange, played: script) }
        return await store.close(endedAt: Self.startedAt + 5_000_000_000)
    }

    /// The rows of a query, with columns separated by `|` and NULL as an empty text.
    func query(_ sql: String) throws -> [String] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { db in
            try Row.fetchAll(db, sql: sql).map { row in
                row.databaseValues.map { $0.isNull ? "" : String.fromDatabaseValue($0) ?? "\($0)" }
                    .joined(separator: "|")
            }
        }
    }

    func execute(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    /// The bytes of every file in the directory, including SQLite's.
    func everyByte() throws -> Data {
        try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
            .reduce(into: Data()) { $0 += try Data(contentsOf: $1) }
    }
}

extension Exchange {
    /// A plain call, `number` milliseconds after the start.
    static func call(
        _ number: Int, session: String = "default", target: String = "/v1/chat/completions",
        headers: HeaderFields = ["Host": "localhost"], body: String = #"{"model":"gpt-4o-mini"}"#, status: Int = 200,
        faults: [String] = [], happenings: [Timeline.Happening] = [.requestStart, .decided, .ended(.keepAlive)]
    ) -> Exchange {
        let start = Int64(number) * 1_000_000
        return Exchange(
            number: number, session: session, connection: 1,
            request: Request(method: "POST", target: target, headers: headers, body: Array(body.utf8)),
            decision: Exchange.Decision(
                endpoint: "chat.completions", model: "gpt-4o-mini", status: status, faults: faults),
            timeline: Timeline(
                entries: happenings.enumerated().map {
                    Timeline.Entry(at: Moment(nanoseconds: start + Int64($0) * 250_000), $1)
                }))
    }
}

extension WireScript {
    /// An answer with a head and a body.
    static func answer(_ body: String = "{}", head: String = "HTTP/1.1 200 OK\r\n\r\n") -> WireScript {
        WireScript(bytes: Array((head + body).utf8))
    }
}
