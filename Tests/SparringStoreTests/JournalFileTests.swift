import Foundation
import SparringExchange
import SparringWire
import Testing

@testable import SparringStore

@Suite("The journal file")
struct JournalFileTests {
    @Test("Only their owner can read the journal and the files next to it")
    func mode() async throws {
        let fixture = try JournalFixture()
        let store = try fixture.open()
        store.receive(.call(1), played: .answer())
        _ = try await store.exchanges(JournalQuery())
        let names = try FileManager.default.contentsOfDirectory(atPath: fixture.directory.path).sorted()
        #expect(names == ["journal.sqlite", "journal.sqlite-shm", "journal.sqlite-wal"])
        for name in names {
            let attributes = try FileManager.default.attributesOfItem(
                atPath: fixture.directory.appending(path: name).path)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(name)")
        }
        _ = await store.close(endedAt: 0)
        let left = try FileManager.default.contentsOfDirectory(atPath: fixture.directory.path)
        #expect(left == ["journal.sqlite"])
    }

    @Test("The journal file has Sparring's application id and WAL mode, and later runs append to it")
    func marks() async throws {
        let fixture = try JournalFixture()
        for number in 1...3 { try await fixture.keep([(.call(number), .answer())]) }
        let application = try fixture.query("PRAGMA application_id")
        let version = try fixture.query("PRAGMA user_version")
        let mode = try fixture.query("PRAGMA journal_mode")
        let rows = try fixture.query("SELECT run, number FROM exchanges ORDER BY id")
        #expect(application == ["1397772871"] && version == ["4"] && mode == ["wal"])
        #expect(rows == ["1|1", "2|2", "3|3"])
    }

    @Test("An empty file can become the journal")
    func empty() async throws {
        let fixture = try JournalFixture()
        try Data().write(to: URL(filePath: fixture.path))
        try await fixture.keep([(.call(1), .answer())])
        let rows = try fixture.query("SELECT count(*) FROM exchanges")
        #expect(rows == ["1"])
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        var name: String
        var says: String
        var make: @Sendable (JournalFixture) async throws -> Void
        var testDescription: String { name }
    }

    @Test(
        "A file of another program or of a newer Sparring is rejected and left unchanged",
        arguments: [
            Refused(name: "text", says: "is not an SQLite database") {
                try Data(
                    "Dear diary, this is a text of more than one hundred bytes. ".utf8
                        + Array(repeating: 65, count: 200)
                )
                .write(to: URL(filePath: $0.path))
            },
            Refused(name: "tables of something else", says: "is a database of another program") {
                try $0.execute("CREATE TABLE diary (day)")
            },
            Refused(name: "another application's mark", says: "is a database of another program") {
                try $0.execute("PRAGMA application_id = 7")
            },
            Refused(name: "another application's version", says: "is a database of another program") {
                try $0.execute("PRAGMA user_version = 7")
            },
            Refused(name: "a newer version", says: "was written by a newer Sparring (journal version 5") {
                try await $0.keep([])
                try $0.execute("PRAGMA user_version = 5")
            },
            Refused(name: "an unknown migration", says: "was written by a newer Sparring") {
                try await $0.keep([])
                try $0.execute("INSERT INTO grdb_migrations VALUES ('5 later')")
            },
        ])
    func refused(_ refused: Refused) async throws {
        let fixture = try JournalFixture()
        try await refused.make(fixture)
        let before = try Data(contentsOf: URL(filePath: fixture.path))
        let error = #expect(throws: JournalError.self) { try fixture.open() }
        #expect(error?.kind == .foreign)
        #expect(error?.description.contains(refused.says) == true, "\(String(describing: error))")
        #expect(error?.description.hasPrefix(fixture.path) == true)
        let after = try fixture.everyByte()
        #expect(after == before, "nothing was written, and nothing stands beside it")
    }

    @Test("A journal that cannot be created reports the reason", arguments: ["/nonexistent/journal.sqlite", "/"])
    func unusable(path: String) {
        let error = #expect(throws: JournalError.self) {
            try JournalStore(JournalStore.Settings(path: path), run: JournalFixture.run) { _ in }
        }
        #expect(error?.kind == .unusable)
        #expect(error?.description.hasPrefix("\(path): cannot be opened: ") == true)
    }

    /// Contains the schema of every migration so far, because a released migration must never change.
    @Test("The journal file has the schema of its migrations")
    func schema() async throws {
        let fixture = try JournalFixture()
        try await fixture.keep([])
        let names = try fixture.query(
            "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name")
        #expect(
            names == [
                "index|objects_by_tag", "table|blobs", "table|bodies", "table|body_budget", "table|chunks",
                "table|exchanges",
                "table|grdb_migrations", "table|objects", "table|runs", "trigger|blobs_deleted",
                "view|calls", "view|faults", "view|headers", "view|timeline",
            ])
        let migrations = try fixture.query("SELECT identifier FROM grdb_migrations")
        #expect(migrations == ["1 exchanges", "2 objects", "3 refusals", "4 collections"])
        let columns = try fixture.query("SELECT name FROM pragma_table_info('exchanges') WHERE name <> 'id'")
        #expect(Set(columns) == Set(JournalRow.columns) && columns.count == JournalRow.columns.count)
    }

    @Test("The views of the journal show headers, timeline and faults as rows")
    func views() async throws {
        let fixture = try JournalFixture()
        let exchange = Exchange.call(
            1, headers: ["Host": "a", "X-B": "c"], faults: ["at event 5: reset", "at done: fin"],
            happenings: [
                .requestStart, .accepted(.event(5), due: Moment(nanoseconds: 1_100_000)), .faultDelivered(0),
                .faultMissed(1, reason: "too late"), .ended(.reset),
            ])
        try await fixture.keep([(exchange, .answer())])
        let headers = try fixture.query("SELECT position, name, value FROM headers")
        #expect(headers == ["1|host|a", "2|x-b|c"])
        let timeline = try fixture.query("SELECT position, ms, what, mark, due_ms, fault, detail FROM timeline")
        #expect(
            timeline == [
                "1|0.0|request_start||||", "2|0.25|accepted|event 5|0.1||",
                "3|0.5|fault_delivered|||at event 5: reset|",
                "4|0.75|fault_missed|||at done: fin|too late", "5|1.0|ended||||reset",
            ])
        let faults = try fixture.query("SELECT position, fault, outcome, reason, ms FROM faults")
        #expect(faults == ["1|at event 5: reset|delivered||0.5", "2|at done: fin|missed|too late|0.75"])
    }
}
