import SparringEngine
import TestSupport
import Testing

@testable import SparringPostgres

@Suite(
    "Connections to PostgreSQL", .enabled(if: PostgresServer.isInstalled, "\(PostgresServer.missing)"),
    .timeLimit(.minutes(20)))
struct PostgresConnectionTests {
    @Test("Values of each type return as they were sent, also empty ones, NULL and a megabyte")
    func values() throws {
        let connection = try PostgresFixture().connection()
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for _ in 1...2 {
            let rows = try connection.query(
                "SELECT $1, $2, $3, $4, $5",
                [.integer(Int.min), .text("héllo 🥊"), .bytes(bytes), .integer(Int?.none), .text("")],
                until: PostgresFixture.deadline)
            let row = try #require(rows.first)
            #expect(try row.number(0) == .min)
            #expect(try row.text(1) == "héllo 🥊")
            #expect(try row.bytes(2) == bytes)
            #expect(try row.integer(3) == nil)
            #expect(try row.text(4) == "")
        }
        let prepared = try connection.query(
            "SELECT count(*) FROM pg_prepared_statements", [], until: PostgresFixture.deadline)
        #expect(try prepared.first?.number(0) == 2)
    }

    @Test("An error of a statement is a value, and the connection works on")
    func errors() throws {
        let connection = try PostgresFixture().connection()
        let problem = #expect(throws: PostgresProblem.self) {
            try connection.query("SELECT * FROM nothing", [], until: PostgresFixture.deadline)
        }
        #expect(problem?.kind == .statement && problem?.description.hasSuffix("(SQLSTATE 42P01)") == true)
        let rows = try connection.query("SELECT 7", [], until: PostgresFixture.deadline)
        #expect(try rows.first?.number(0) == 7)
    }

    @Test("Statements that are sent together return the rows of each, and those after an error are not run")
    func together() throws {
        let connection = try PostgresFixture().connection()
        func run(_ statements: [PostgresStatement]) throws -> [[Int]] {
            try connection.query(statements, until: PostgresFixture.deadline).map { rows in
                try rows.map { (row) throws(PostgresProblem) in try row.number(0) }
            }
        }
        let row = PostgresStatement("INSERT INTO t VALUES ($1)", [.integer(5)])
        _ = try connection.query("CREATE TEMPORARY TABLE t (n bigint NOT NULL)", [], until: PostgresFixture.deadline)
        let all = PostgresStatement("SELECT n FROM t ORDER BY n")
        #expect(try run([.begin, row, all, .commit]) == [[], [], [5], []])
        #expect(try run([all]) == [[5]])
        let wrong = PostgresStatement("INSERT INTO t VALUES ($1)", [.integer(Int?.none)])
        let problem = #expect(throws: PostgresProblem.self) { try run([.begin, row, wrong, all, .commit]) }
        #expect(problem?.description.hasSuffix("(SQLSTATE 23502)") == true)
        try connection.run("ROLLBACK", until: PostgresFixture.deadline)
        #expect(try run([all]) == [[5]], "the connection works on, and nothing was committed")
        let large = PostgresStatement("SELECT length($1)", [.bytes(Array(repeating: 7, count: 2_000_000))])
        #expect(try run(Array(repeating: large, count: 8)) == Array(repeating: [2_000_000], count: 8))
    }

    @Test("A database that does not exist is refused at once, with the server's message")
    func refused() throws {
        let fixture = try PostgresFixture()
        let url = try PostgresServer.shared.get().url(of: "no_such_database")
        let pool = PostgresPool(try #require(PostgresLocation(url)), .init(patience: PostgresFixture.patience))
        withExtendedLifetime(fixture) {
            let problem = #expect(throws: PostgresProblem.self) {
                try pool.read { (loan) throws(PostgresProblem) in try loan.run("SELECT 1") }
            }
            #expect(problem?.kind == .refused)
            #expect(problem?.description.contains("no_such_database") == true)
        }
    }

    @Test("A server that does not answer is named without its password when the patience ends")
    func unreachable() throws {
        let location = try #require(PostgresLocation("postgres://ada:s3cret@/mock?host=/no-such-directory"))
        let pool = PostgresPool(location, .init(patience: .milliseconds(200)))
        let problem = #expect(throws: PostgresProblem.self) {
            try pool.read { (loan) throws(PostgresProblem) in try loan.run("SELECT 1") }
        }
        #expect(problem?.kind == .unreachable)
        #expect(problem?.description.hasPrefix("postgres://ada:***@/mock?host=/no-such-directory cannot") == true)
        #expect(problem?.description.contains("s3cret") == false)
    }

    @Test("A statement that outlasts the patience fails, and the next one has a new connection")
    func late() throws {
        let fixture = try PostgresFixture()
        let pool = fixture.pool(connections: 1)
        let problem = #expect(throws: PostgresProblem.self) {
            try pool.read { (loan) throws(PostgresProblem) in
                try loan.connection.run("SELECT pg_sleep(600)", until: .now + .milliseconds(50))
            }
        }
        #expect(problem?.kind == .timeout)
        let rows = try pool.read { (loan) throws(PostgresProblem) in try loan.query("SELECT 7")
        }
        #expect(try rows.first?.number(0) == 7)
    }

    @Test("When all connections are in use, a caller waits for one until its patience ends")
    func full() throws {
        let location = try #require(PostgresLocation("postgres:///mock"))
        let pool = PostgresPool(location, .init(connections: 0, patience: .milliseconds(50)))
        let problem = #expect(throws: PostgresProblem.self) {
            try pool.read { (loan) throws(PostgresProblem) in try loan.run("SELECT 1") }
        }
        #expect(problem?.kind == .timeout && problem?.description.hasPrefix("all 0 connections") == true)
    }

    @Test("After a restart of the server, idle connections are replaced and the work is done once")
    func restart() throws {
        let fixture = try PostgresFixture()
        let pool = fixture.pool()
        try pool.read { (loan) throws(PostgresProblem) in try loan.run("CREATE TABLE t (n bigint)") }
        try fixture.endConnections()
        _ = try pool.transaction { (loan) throws(PostgresProblem) in try loan.query("INSERT INTO t VALUES (1)") }
        #expect(try fixture.numbers("SELECT count(*) FROM t") == [1])
    }

    @Test("A transaction whose connection breaks before its commit is done again, whole and once")
    func broken() throws {
        let fixture = try PostgresFixture()
        let pool = fixture.pool()
        try pool.read { (loan) throws(PostgresProblem) in try loan.run("CREATE TABLE t (n bigint)") }
        var attempts = 0
        _ = try pool.transaction { (loan) throws(PostgresProblem) in
            attempts += 1
            _ = try loan.query("INSERT INTO t VALUES ($1)", [.integer(attempts)])
            // This query ends its own connection.
            if attempts == 1 { _ = try loan.query("SELECT pg_terminate_backend(pg_backend_pid())") }
            return try loan.query("INSERT INTO t VALUES ($1)", [.integer(attempts)])
        }
        #expect(attempts == 2)
        #expect(try fixture.numbers("SELECT n FROM t") == [2, 2])
    }

    @Test("A commit whose answer is lost is not made again: its outcome is unknown")
    func unknown() throws {
        let fixture = try PostgresFixture()
        let pool = fixture.pool()
        // A deferred trigger runs at the commit.
        try pool.read { (loan) throws(PostgresProblem) in
            try loan.run(
                """
                CREATE TABLE t (n bigint);
                CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
                    'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60); RETURN NULL; END';
                CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION die();
                """)
        }
        var attempts = 0
        let problem = #expect(throws: PostgresProblem.self) {
            try pool.transaction { (loan) throws(PostgresProblem) in
                attempts += 1
                return try loan.query("INSERT INTO t VALUES (1)")
            }
        }
        #expect(problem?.kind == .unknownOutcome && attempts == 1)
        #expect(try fixture.numbers("SELECT count(*) FROM t") == [0])
    }

    @Test("Two transactions that lock each other are both made")
    func deadlock() async throws {
        let fixture = try PostgresFixture()
        let pool = fixture.pool()
        try pool.read { (loan) throws(PostgresProblem) in
            try loan.run("CREATE TABLE t (id bigint PRIMARY KEY, n bigint); INSERT INTO t VALUES (1, 0), (2, 0)")
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for order in [[1, 2], [2, 1]] {
                group.addTask {
                    try await blocking {
                        for _ in 0..<50 {
                            _ = try pool.transaction { (loan) throws(PostgresProblem) -> Void? in
                                for id in order {
                                    _ = try loan.query("UPDATE t SET n = n + 1 WHERE id = $1", [.integer(id)])
                                }
                                return ()
                            }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try fixture.numbers("SELECT n FROM t ORDER BY id") == [100, 100])
    }
}
