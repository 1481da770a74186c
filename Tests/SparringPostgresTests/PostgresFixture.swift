import Foundation
import SparringEngine
import TestSupport
import Testing

@testable import SparringPostgres

/// A database of one test, on the server that all tests of a process share.
struct PostgresFixture {
    let location: PostgresLocation

    /// Until the server has started and while the machine is busy, a call waits this long.
    static let patience = Duration.seconds(300)

    static var deadline: ContinuousClock.Instant { .now + patience }

    init() throws {
        location = try #require(PostgresLocation(PostgresServer.shared.get().newDatabase()))
    }

    func pool(connections: Int = 4, patience: Duration = Self.patience) -> PostgresPool {
        PostgresPool(location, .init(connections: connections, patience: patience))
    }

    func store(name: String = "sparring") throws -> PostgresObjectStore {
        try PostgresObjectStore(location, .init(connections: 4, patience: Self.patience, name: name))
    }

    func connection(name: String = "test") throws -> PostgresConnection {
        try PostgresConnection(location, name: name, limit: Self.patience, until: Self.deadline)
    }

    /// The first column of a query, as numbers.
    func numbers(_ sql: String) throws -> [Int?] {
        try connection().query(sql, [], until: Self.deadline).map { (row) throws(PostgresProblem) in try row.integer(0)
        }
    }

    /// Ends all other connections to the database, as a restart of the server does.
    func endConnections() throws {
        _ = try numbers(
            """
            SELECT pg_terminate_backend(pid, 60000)::int FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """)
    }
}

@Suite("The PostgreSQL of the tests")
struct PostgresInstallationTests {
    @Test("PostgreSQL is installed where the tests must be complete, with CI=true")
    func installed() {
        let isRequired = ProcessInfo.processInfo.environment["CI"] == "true"
        #expect(PostgresServer.isInstalled || !isRequired, "\(PostgresServer.missing)")
    }
}
