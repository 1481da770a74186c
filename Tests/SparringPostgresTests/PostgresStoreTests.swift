import SparringEngine
import TestSupport
import Testing

@testable import SparringPostgres

/// What several servers do to one database. The table of tests for all stores is `ObjectStoreTests`.
@Suite(
    "A store in PostgreSQL", .enabled(if: PostgresServer.isInstalled, "\(PostgresServer.missing)"),
    .timeLimit(.minutes(20)))
struct PostgresStoreTests {
    private static let key = ObjectKey(session: "s", kind: .batch, id: "batch_1")

    private static func record(_ id: String, json: String = "{}", revision: Int = 0) -> ObjectRecord {
        ObjectRecord(
            key: ObjectKey(session: "s", kind: .file, id: id), tag: "t", json: Array(json.utf8), revision: revision)
    }

    @Test("Servers that start at the same time make the tables once")
    func start() async throws {
        let fixture = try PostgresFixture()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 1...6 { group.addTask { _ = try await blocking { try fixture.store() } } }
            try await group.waitForAll()
        }
        #expect(try fixture.numbers("SELECT number FROM sparring.version") == [PostgresSchema.migrations.count])
    }

    @Test("Tables of a later version are brought up to date, and a server of the earlier version refuses them")
    func versions() throws {
        let fixture = try PostgresFixture()
        _ = try fixture.store()
        let next = PostgresSchema.migrations + ["ALTER TABLE sparring.objects ADD COLUMN more text"]
        try PostgresSchema.prepare(fixture.pool(), migrations: next)
        try PostgresSchema.prepare(fixture.pool(), migrations: next)
        let problem = #expect(throws: StoreProblem.self) { try fixture.store() }
        #expect(problem?.description.contains("have version \(next.count), and this Sparring knows") == true)
    }

    @Test("Tables exist for a user who may not create any")
    func rights() throws {
        let fixture = try PostgresFixture()
        _ = try fixture.store()
        let role = "role_\(UInt64.random(in: 0...(.max)))"
        _ = try fixture.pool().read { (loan) throws(PostgresProblem) in
            try loan.run(
                """
                CREATE ROLE \(role) LOGIN; GRANT USAGE ON SCHEMA sparring TO \(role);
                GRANT ALL ON ALL TABLES IN SCHEMA sparring TO \(role);
                """)
        }
        let url = fixture.location.url.replacing("sparring@", with: "\(role)@")
        let store = try PostgresObjectStore(
            try #require(PostgresLocation(url)), .init(patience: PostgresFixture.patience))
        #expect(try store.commit([.put(Self.record("a"))]))
    }

    @Test("If two servers change the same record, one succeeds each time, and no change is lost")
    func revisions() async throws {
        let fixture = try PostgresFixture()
        let stores = try [fixture.store(), fixture.store()]
        #expect(try stores[0].commit([.put(Self.record("n", json: "0"))]))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for store in stores {
                group.addTask {
                    try await blocking {
                        var made = 0
                        while made < 50 {
                            guard var record = try store.record(Self.record("n").key) else { return }
                            let number = Int(String(decoding: record.json, as: UTF8.self)) ?? 0
                            record.json = Array("\(number + 1)".utf8)
                            if try store.commit([.put(record)]) { made += 1 }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try stores[1].record(Self.record("n").key)?.json == Array("100".utf8))
    }

    @Test("If servers create the same id at the same time, one succeeds")
    func ids() async throws {
        let fixture = try PostgresFixture()
        let stores = try (1...4).map { _ in try fixture.store() }
        let made = try await withThrowingTaskGroup(of: Int.self) { group in
            for store in stores {
                group.addTask {
                    try await blocking {
                        try (0..<25).filter { number in try store.commit([.put(Self.record("id\(number)"))]) }.count
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(made == 25)
    }

    @Test("A key with NUL, which PostgreSQL cannot store, is not found")
    func nul() throws {
        let store = try PostgresFixture().store()
        #expect(try store.record(Self.record("a\u{0}b").key) == nil)
        #expect(throws: StoreProblem.self) { try store.commit([.put(Self.record("a\u{0}b"))]) }
    }

    @Test("A claim belongs to one server, until it releases the claim or its connection ends")
    func claims() throws {
        let fixture = try PostgresFixture()
        let (first, second) = (try fixture.store(name: "first"), try fixture.store(name: "second"))
        let other = ObjectKey(session: "s", kind: .batch, id: "batch_2")
        #expect(try first.claim(Self.key) && first.claim(Self.key))
        #expect(try !second.claim(Self.key) && second.claim(other) && !first.claim(other))
        first.release(Self.key)
        #expect(try second.claim(Self.key) && !first.claim(Self.key))
        _ = try fixture.numbers(
            "SELECT pg_terminate_backend(pid, 60000)::int FROM pg_stat_activity WHERE application_name = 'second'")
        #expect(try first.claim(Self.key) && first.claim(other))
        #expect(try !second.claim(Self.key), "the claim is not there after the loss of the connection")
    }

    @Test("Bytes that are longer than a chunk are stored in several, and read from any place")
    func chunks() throws {
        let fixture = try PostgresFixture()
        let store = try fixture.store()
        let blob = try store.makeBlob()
        let bytes = (0..<(PostgresObjectStore.chunk * 2 + 7)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try store.append(bytes, to: blob)
        #expect(
            try fixture.numbers("SELECT length(bytes) FROM sparring.chunks ORDER BY start") == [262_144, 262_144, 7])
        let middle = PostgresObjectStore.chunk - 2
        #expect(try store.read(blob, from: middle, count: 9) == Array(bytes[middle..<(middle + 2)]))
        #expect(try store.read(blob, from: bytes.count - 1, count: 9) == [bytes[bytes.count - 1]])
        #expect(try store.read(blob, from: bytes.count, count: 9).isEmpty)
    }

    @Test("A store deletes unclaimed bytes of more than a day when it opens")
    func abandoned() throws {
        let fixture = try PostgresFixture()
        let store = try fixture.store()
        let blobs = try (0..<2).map { _ in try store.makeBlob() }
        for blob in blobs { try store.append([7], to: blob) }
        _ = try fixture.numbers(
            "UPDATE sparring.blobs SET made_at = made_at - interval '25 hours' WHERE id = \(blobs[0].number) RETURNING id"
        )
        _ = try fixture.store()
        #expect(try blobs.map { try store.read($0, from: 0, count: 1).count } == [0, 1])
        #expect(try fixture.numbers("SELECT count(*) FROM sparring.chunks") == [1])
    }
}
