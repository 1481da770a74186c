import GRDB
import SparringAPI
import SparringEngine
import SparringPostgres
import SparringWire
import TestSupport
import Testing

@testable import SparringStore

@Suite("Object stores")
struct ObjectStoreTests {
    enum Kind: String, CaseIterable, CustomTestStringConvertible {
        case memory
        case withoutName = "a file without a name"
        case file
        case postgres = "PostgreSQL"

        var testDescription: String { rawValue }

        /// Without PostgreSQL, its row is left out; `PostgresInstallationTests` fails where PostgreSQL must not be missing.
        static var allCases: [Kind] {
            [.memory, .withoutName, .file] + (PostgresServer.isInstalled ? [.postgres] : [])
        }

        func make(_ fixture: JournalFixture) throws -> any ObjectStore {
            switch self {
            case .memory: MemoryStore()
            case .withoutName: try SQLiteObjectStore()
            case .file: try SQLiteObjectStore(StoreFile(fixture.path))
            case .postgres: try Self.postgres()
            }
        }

        /// A store in a new database.
        static func postgres() throws -> PostgresObjectStore {
            let url = try PostgresServer.shared.get().newDatabase()
            return try PostgresObjectStore(
                #require(PostgresLocation(url)), .init(connections: 2, patience: .seconds(300)))
        }
    }

    static func record(_ id: String, session: String = "s", tag: String = "batch", endsAt: Int? = nil) -> ObjectRecord {
        ObjectRecord(
            key: ObjectKey(session: session, kind: .file, id: id), tag: tag, endsAt: endsAt, json: Array("{}".utf8))
    }

    @Test(
        "An object store returns committed records and rejects a commit with an old revision", arguments: Kind.allCases)
    func revisions(kind: Kind) throws {
        let fixture = try JournalFixture()
        defer { withExtendedLifetime(fixture) {} }
        let store = try kind.make(fixture)
        var record = Self.record("a")
        let isNew = try store.commit([.put(record)])
        let isNewAgain = try store.commit([.put(record)])
        #expect(isNew && !isNewAgain)
        record = try #require(try store.record(record.key))
        let first = record.revision
        #expect(first > 0)
        var changed = record
        changed.json = Array("{\"b\":1}".utf8)
        changed.endsAt = 7
        let isChanged = try store.commit([.put(changed)])
        let isOvertaken = try !store.commit([.put(Self.record("b")), .put(record)])
        #expect(isChanged && isOvertaken)
        let stored = try store.record(record.key)
        let other = try store.record(Self.record("b").key)
        #expect(stored?.json == changed.json && stored?.revision ?? 0 > first && stored?.endsAt == 7)
        #expect(other == nil, "all of a commit or nothing")
        let isGoneTooEarly = try store.commit([.remove(record.key, revision: first)])
        let isGone = try store.commit([.remove(record.key, revision: stored?.revision ?? 0)])
        #expect(!isGoneTooEarly && isGone)
    }

    @Test("A commit that is older than a record created anew is rejected", arguments: Kind.allCases)
    func madeAnew(kind: Kind) throws {
        let fixture = try JournalFixture()
        defer { withExtendedLifetime(fixture) {} }
        let store = try kind.make(fixture)
        let record = Self.record("a")
        _ = try store.commit([.put(record)])
        let old = try #require(try store.record(record.key))
        try store.forget(session: "s")
        _ = try store.commit([.put(record)])
        // Commits with the old record fail, whatever their number.
        for _ in 0..<3 {
            let isTaken = try store.commit([.put(old)])
            #expect(!isTaken)
            let current = try #require(try store.record(record.key))
            _ = try store.commit([.put(current)])
        }
    }

    @Test(
        "An object store lists a session's records in pages, by tag and without expired ones", arguments: Kind.allCases)
    func pages(kind: Kind) throws {
        let fixture = try JournalFixture()
        defer { withExtendedLifetime(fixture) {} }
        let store = try kind.make(fixture)
        for id in ["a", "b", "c", "d"] {
            _ = try store.commit([
                .put(Self.record(id, tag: id == "b" ? "vision" : "batch", endsAt: id == "d" ? 10 : nil))
            ])
        }
        _ = try store.commit([.put(Self.record("z", session: "other"))])
        func ids(_ query: String, tag: String? = nil, at unixTime: Int = 9) throws -> String {
            let list = try ListQuery(QueryItems(target: "/?" + query), order: .descending)
            let page = try store.page("s", .file, tag: tag, unixTime: unixTime, list)
            return page.elements.map(\.id).joined() + (page.hasMore ? "+" : "")
        }
        let pages = try [
            ids(""), ids("", at: 10), ids("limit=2"), ids("limit=2&after=c"), ids("order=asc&after=b"), ids("after=no"),
            ids("before=b"), ids("", tag: "batch"), ids("order=asc&limit=1&after=a&before=c"),
        ]
        #expect(pages == ["dcba", "cba", "dc+", "ba", "cd", "", "dc", "dca", "b"])
        let all = try store.all(.file, tag: "batch").map(\.key.session)
        #expect(all.sorted() == ["other", "s", "s", "s"])
    }

    @Test("An object store keeps bytes written and read in pieces of any size", arguments: Kind.allCases)
    func bytes(kind: Kind) throws {
        let fixture = try JournalFixture()
        defer { withExtendedLifetime(fixture) {} }
        let store = try kind.make(fixture)
        let blob = try store.makeBlob()
        var expected: [UInt8] = []
        for size in [1, 300_000, 7, 65_536, 0, 3] {
            let piece = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ size) }
            try store.append(piece, to: blob)
            expected += piece
        }
        for count in [1000, 400_000] {
            var seen: [UInt8] = []
            while true {
                let piece = try store.read(blob, from: seen.count, count: count)
                guard !piece.isEmpty else { break }
                #expect(piece.count <= count)
                seen += piece
            }
            #expect(seen == expected)
        }
        _ = try store.commit([.keep(blob, session: "s"), .discard(blob)])
        let kept = try store.read(blob, from: 5, count: 3)
        #expect(kept == Array(expected[5..<8]))
        _ = try store.commit([.drop(blob)])
        let dropped = try store.read(blob, from: 0, count: 3)
        #expect(dropped.isEmpty)
    }

    @Test("An object store forgets one session and keeps the others", arguments: Kind.allCases)
    func forgetting(kind: Kind) throws {
        let fixture = try JournalFixture()
        defer { withExtendedLifetime(fixture) {} }
        let store = try kind.make(fixture)
        var blobs: [BlobID] = []
        for session in ["s", "other"] {
            let blob = try store.makeBlob()
            _ = try store.commit([
                .append([1], blob), .keep(blob, session: session), .put(Self.record("a", session: session)),
            ])
            blobs.append(blob)
        }
        try store.forget(session: "s")
        let records = try ["s", "other"].map { try store.record(Self.record("a", session: $0).key) != nil }
        let bytes = try blobs.map { try store.read($0, from: 0, count: 9).count }
        #expect(records == [false, true])
        #expect(bytes == [0, 1])
    }

    @Test("A reopened store has its objects, without unclaimed bytes older than a day")
    func reopened() throws {
        let fixture = try JournalFixture()
        let file = try StoreFile(fixture.path)
        let first = try SQLiteObjectStore(file)
        let blobs = try (0..<3).map { _ in try first.makeBlob() }
        for blob in blobs { try first.append([7], to: blob) }
        _ = try first.commit([.put(Self.record("a")), .keep(blobs[0], session: "s")])
        try file.pool.write { db in
            try db.execute(sql: "UPDATE blobs SET made_at = made_at - 90000 WHERE id < ?", arguments: [blobs[2].number])
        }
        try file.close()
        let second = try SQLiteObjectStore(StoreFile(fixture.path))
        let record = try second.record(Self.record("a").key)
        let bytes = try blobs.map { try second.read($0, from: 0, count: 1).count }
        #expect(record != nil)
        #expect(bytes == [1, 0, 1])
    }

    @Test("The store in memory rejects bytes beyond its limit")
    func limit() throws {
        let store = MemoryStore(limit: 3)
        let blob = try store.makeBlob()
        try store.append([1, 2], to: blob)
        #expect(throws: StoreProblem.self) { try store.append([3, 4], to: blob) }
        _ = try store.commit([.drop(blob)])
        let other = try store.makeBlob()
        try store.append([1, 2, 3], to: other)
    }
}
