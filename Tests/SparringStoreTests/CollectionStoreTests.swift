import SparringAPI
import SparringEngine
import SparringWire
import TestSupport
import Testing

@testable import SparringStore

@Suite("Collections in a store")
struct CollectionStoreTests {
    private static func key(_ path: String, _ id: String, session: String = "a") -> ObjectKey {
        ObjectKey(session: session, kind: .member, id: "\(path)/\(id)")
    }

    private static func stores() throws -> [any ObjectStore] {
        [MemoryStore(), try SQLiteObjectStore()]
            + (PostgresServer.isInstalled ? [try ObjectStoreTests.Kind.postgres()] : [])
    }

    private static func fill(_ store: any ObjectStore, _ path: String, _ ids: [String], session: String = "a") throws {
        let changes = ids.map { id in
            ObjectChange.put(
                ObjectRecord(key: key(path, id, session: session), tag: path, json: Array("{}".utf8)))
        }
        #expect(try store.commit(changes))
    }

    @Test("The same id may be in two collections and in two sessions, and each list contains its own object")
    func apart() throws {
        for store in try Self.stores() {
            try Self.fill(store, "evals/e1/runs", ["r1", "r2"])
            try Self.fill(store, "evals/e2/runs", ["r1"])
            try Self.fill(store, "evals/e1/runs", ["r1"], session: "b")
            func ids(_ session: String, _ path: String) throws -> [String] {
                let list = ListQuery(limit: 10, order: .ascending)
                return try store.page(session, .member, tag: path, unixTime: 0, list).elements.map(\.id)
            }
            #expect(try ids("a", "evals/e1/runs") == ["evals/e1/runs/r1", "evals/e1/runs/r2"])
            #expect(try ids("a", "evals/e2/runs") == ["evals/e2/runs/r1"])
            try store.forget(session: "a")
            #expect(try ids("a", "evals/e1/runs") == [])
            #expect(try ids("b", "evals/e1/runs") == ["evals/e1/runs/r1"])
        }
    }

    @Test("A page and an object are found among 100,000 objects")
    func large() throws {
        let ids = (0..<100_000).map { "id\($0)" }
        // A store in PostgreSQL is left out, because it is filled with one statement for each object.
        for store in try Self.stores() where !store.isShared {
            try Self.fill(store, "containers", ids)
            try Self.fill(store, "evals", ["e1"])
            let clock = ContinuousClock()
            let rounds = 20
            var page = ListQuery(limit: 20, order: .descending)
            let list = try clock.measure {
                for round in 0..<rounds {
                    page.after = "containers/id\(50_000 + round)"
                    let found = try store.page("a", .member, tag: "containers", unixTime: 0, page)
                    #expect(found.elements.first?.id == "containers/id\(49_999 + round)")
                    #expect(found.hasMore)
                }
            }
            let retrieval = try clock.measure {
                for round in 0..<rounds {
                    let found = try store.record(Self.key("containers", "id\(round * 4_999)"))
                    #expect(found != nil)
                }
            }
            let other = try store.page(
                "a", .member, tag: "evals", unixTime: 0, ListQuery(limit: 20, order: .descending))
            #expect(other.elements.map(\.id) == ["evals/e1"])
            print("100,000 objects in \(type(of: store)): list \(list / rounds), retrieve \(retrieval / rounds)")
        }
    }
}
