import GRDB
import SparringExchange
import SparringWire
import Testing

@testable import SparringStore

/// Tests a journal file without room for all entries. A limit of pages makes SQLite report a full disk.
@Suite("The journal on a full disk")
struct FullDiskTests {
    private static func items(_ count: Int, bodies bytes: Int) -> [JournalQueue.Item] {
        let body = String(repeating: "q", count: bytes)
        var queue = JournalQueue(bounds: JournalQueue.Bounds())
        for number in 1...count { _ = queue.append(.call(number, body: body), played: .answer()) }
        return queue.take().items
    }

    /// A writer whose file may grow by so many bytes.
    private static func writer(_ fixture: JournalFixture, room bytes: Int) throws -> JournalWriter {
        let writer = try JournalWriter(
            fixture.settings, run: JournalFixture.run, in: StoreFile(fixture.settings.path).pool)
        try writer.pool.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            let size = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 4096
            try db.execute(sql: "PRAGMA max_page_count = \(pages + bytes / size)")
        }
        return writer
    }

    @Test(
        "Entries that fit on a full disk are written, the oldest first, and the others stay", arguments: [true, false])
    func fits(inSmallPieces: Bool) throws {
        let fixture = try JournalFixture()
        let writer = try Self.writer(fixture, room: 1_000_000)
        let items = Self.items(100, bodies: 20_000)
        let result = writer.writeWhatFits(items, inSmallPieces: inSmallPieces, dropsBodies: false)
        #expect((30...50).contains(result.written))
        #expect(result.failure != nil)
        let rows = try fixture.query("SELECT count(*), min(number), max(number), count(body_dropped) FROM exchanges")
        #expect(rows == ["\(result.written)|1|\(result.written)|0"])
    }

    @Test("At the end, entries that do not fit with their bodies are written without them")
    func withoutBodies() throws {
        let fixture = try JournalFixture()
        let writer = try Self.writer(fixture, room: 1_000_000)
        let result = writer.writeWhatFits(Self.items(60, bodies: 200_000), inSmallPieces: false, dropsBodies: true)
        #expect(result.written == 60 && result.failure == nil)
        let rows = try fixture.query(
            "SELECT count(*), max(number), count(body_dropped) BETWEEN 50 AND 58, min(body_dropped) FROM exchanges")
        #expect(rows == ["60|60|1|queue"])
    }

    @Test("Entries that all fit are written in one transaction")
    func room() throws {
        let fixture = try JournalFixture()
        let writer = try Self.writer(fixture, room: 10_000_000)
        let result = writer.writeWhatFits(Self.items(100, bodies: 20_000), inSmallPieces: false, dropsBodies: false)
        #expect(result.written == 100 && result.failure == nil)
    }

    @Test("A file that has been closed is an error, and no crash", arguments: [true, false])
    func closed(isLast: Bool) throws {
        let fixture = try JournalFixture()
        let writer = try JournalWriter(
            fixture.settings, run: JournalFixture.run, in: StoreFile(fixture.settings.path).pool)
        try writer.pool.close()
        let result = writer.writeWhatFits(Self.items(2, bodies: 10), inSmallPieces: false, dropsBodies: isLast)
        #expect(result.written == 0 && result.failure != nil)
    }
}
