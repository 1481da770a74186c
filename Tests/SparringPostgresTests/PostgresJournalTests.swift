import SparringAPI
import SparringExchange
import SparringScenario
import SparringWire
import Synchronization
import TestSupport
import Testing

@testable import SparringEngine
@testable import SparringPostgres

/// A server without sockets that shares its sessions, its journal and its usage.
private struct Server {
    let engine: Engine
    let journal: PostgresJournal
    let usage: SharedUsage
    let ledger = UsageStatistics()

    init(_ fixture: PostgresFixture, _ name: String) throws {
        let scenario = try ScenarioLoader.load(
            text: "schema: 1\nscenario: s\notherwise: auto\n", file: "s.yaml", errors: .api
        ).get()
        let objects = try fixture.store(name: name)
        let start = ContinuousClock.now
        let clock: @Sendable () -> Moment = {
            Moment(nanoseconds: Int64((ContinuousClock.now - start) / .nanoseconds(1)))
        }
        journal = PostgresJournal(beside: objects, replica: name, now: clock) { Issue.record("\($0)") }
        let ledger = ledger
        engine = Engine(
            scenario: scenario, store: objects,
            turns: SessionTurns(PostgresSessions(beside: objects, replica: name), replica: name, clock: clock),
            sinks: [journal, ledger], wallClock: { 1_795_000_000 })
        engine.sessions.turns?.whenRestarted { ledger.forget($0) }
        usage = SharedUsage(PostgresUsage(beside: objects), ledger, engine.sessions)
    }

    var now: Moment { engine.sessions.turns?.clock() ?? Moment(nanoseconds: 0) }

    @discardableResult
    func ask(_ content: String = "hi", session: String = "a") -> PlannedExchange {
        let body = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"\#(content)"}]}"#
        let headers: HeaderFields = [
            "authorization": "Bearer sk-0123456789abcdefghij", "x-sparring-session": session,
            "content-type": "application/json",
        ]
        let request = Request(
            method: "POST", target: "/v1/chat/completions", headers: headers, body: Array(body.utf8))
        return engine.respond(to: .complete(request), connection: 1, now: now)
    }

    func end(_ performance: PlannedExchange) {
        var timeline = Timeline()
        timeline.stamp(.requestStart, at: now)
        timeline.stamp(.ended(.keepAlive), at: now)
        engine.ended(performance, timeline: timeline)
    }

    /// Resets a session as the admin API does.
    func restart(_ session: String) {
        _ = engine.sessions.visit {
            engine.sessions.session(named: session, now: now).restart()
            ledger.forget(session)
        }
    }
}

@Suite(
    "The journal and the usage in PostgreSQL", .enabled(if: PostgresServer.isInstalled, "\(PostgresServer.missing)"),
    .timeLimit(.minutes(20)))
struct PostgresJournalTests {
    @Test(
        "An exchange is in the journal of every server when its answer is decided, and its timeline when it has ended")
    func exchanges() async throws {
        let fixture = try PostgresFixture()
        let (one, two) = (try Server(fixture, "one"), try Server(fixture, "two"))
        let first = one.ask("from one")
        two.ask("from two")
        for server in [one, two] {
            let found = try await server.journal.exchanges(JournalQuery(session: "a"))
            #expect(found.map(\.number) == [1, 2])
            #expect(found.map(\.replica) == ["one", "two"])
            #expect(found.map(\.session) == ["a", "a"])
            #expect(found.map(\.decision.status) == [200, 200])
            #expect(found.map(\.decision.model) == ["gpt-4o-mini", "gpt-4o-mini"])
            #expect(found.allSatisfy { $0.isRunning })
            #expect(String(decoding: found[1].request.body, as: UTF8.self).contains("from two"))
            #expect(!(found[0].request.headers["authorization"] ?? "").contains("0123456789abcdefghij"))
        }
        one.end(first)
        // The server that has ended an exchange writes the end before it reads.
        #expect(try await one.journal.exchanges(JournalQuery(session: "a")).map(\.isRunning) == [false, true])
        #expect(try await two.journal.exchanges(JournalQuery(session: "a")).map(\.isRunning) == [false, true])
    }

    @Test("Times are moments of the server that is asked, whenever the others were started")
    func times() async throws {
        let fixture = try PostgresFixture()
        let one = try Server(fixture, "one")
        let before = one.now
        one.end(one.ask())
        let after = one.now
        let own = try #require(try await one.journal.exchanges(JournalQuery()).first)
        // The database's clock has microseconds, and is read a moment before this server's.
        let slack: Int64 = 5_000_000_000
        #expect(own.startedAt.nanoseconds > before.nanoseconds - slack)
        #expect(own.startedAt.nanoseconds < after.nanoseconds + slack)
        let two = try Server(fixture, "two")
        let asked = two.now
        let foreign = try #require(try await two.journal.exchanges(JournalQuery()).first)
        #expect(foreign.startedAt.nanoseconds < asked.nanoseconds + slack)
        #expect(foreign.timeline.entries.count == own.timeline.entries.count)
    }

    @Test("A query selects by session, number, status, filter and limit, over all servers")
    func queries() async throws {
        let fixture = try PostgresFixture()
        let (one, two) = (try Server(fixture, "one"), try Server(fixture, "two"))
        for call in 0..<3 {
            one.ask("one \(call)")
            two.ask("two \(call)", session: "b")
        }
        #expect(try await one.journal.exchanges(JournalQuery()).count == 6)
        #expect(try await one.journal.exchanges(JournalQuery(limit: 4)).count == 4)
        #expect(try await one.journal.exchanges(JournalQuery(session: "b", after: 1)).map(\.number) == [2, 3])
        #expect(try await two.journal.exchanges(JournalQuery(status: 404)).isEmpty)
        var filtered = JournalQuery()
        filtered.filter = try ExchangeFilter("session:b")
        #expect(try await one.journal.exchanges(filtered).map(\.session) == ["b", "b", "b"])
        #expect(try await one.journal.exchanges(JournalQuery(session: "a\0b")).isEmpty)
    }

    @Test("A restart by one server deletes the exchanges of all, and the numbers begin again")
    func restart() async throws {
        let fixture = try PostgresFixture()
        let (one, two) = (try Server(fixture, "one"), try Server(fixture, "two"))
        let late = two.ask()
        one.ask()
        one.restart("a")
        #expect(try await two.journal.exchanges(JournalQuery()).isEmpty)
        one.ask("new")
        // The end of an exchange from before the restart changes nothing.
        two.end(late)
        let found = try await two.journal.exchanges(JournalQuery())
        #expect(found.map(\.number) == [1] && found.map(\.isRunning) == [true])
    }

    @Test("Old exchanges of a session are deleted with a commit that says so")
    func forgotten() throws {
        let fixture = try PostgresFixture()
        let server = try Server(fixture, "one")
        for _ in 0..<3 { server.ask() }
        let grip = try PostgresSessions(beside: try fixture.store(), replica: "two").take("a", known: 0)
        var writing = SessionWriting(state: grip.reading.state, entries: [], cleared: [], scenario: .none)
        writing.forgotten = 2
        try grip.commit(writing)
        #expect(try fixture.numbers("SELECT number FROM sparring.exchanges") == [3])
    }

    @Test("The session keeps its exchanges' journal when its server's connections break")
    func broken() async throws {
        let fixture = try PostgresFixture()
        let server = try Server(fixture, "one")
        let first = server.ask()
        try fixture.endConnections()
        server.end(first)
        server.end(server.ask())
        let found = try await server.journal.exchanges(JournalQuery(session: "a"))
        #expect(found.map(\.number) == [1, 2])
        #expect(!found.contains { $0.isRunning })
        #expect(await server.journal.close() == nil)
    }

    @Test("The verification of a session has the exchanges of all servers")
    func verification() async throws {
        let fixture = try PostgresFixture()
        let (one, two) = (try Server(fixture, "one"), try Server(fixture, "two"))
        one.end(one.ask("1"))
        two.end(two.ask("2"))
        _ = try await two.journal.exchanges(JournalQuery())
        let circumstances = one.engine.sessions.visit {
            RunReport.Circumstances(one.engine.sessions.session(named: "a", now: one.now))
        }.value
        let journal = try await one.journal.exchanges(JournalQuery(session: "a"))
        let report = RunReport(circumstances, journal: journal, seed: 1)
        #expect(report.calls == 2 && report.attempts == 2 && report.held && report.droppedExchanges == 0)
        let less = RunReport(circumstances, journal: Array(journal.prefix(1)), seed: 1)
        #expect(less.droppedExchanges == 1)
    }

    @Test("Usage is that of all servers, written twice or once, and forgets what was before a restart")
    func usage() throws {
        let fixture = try PostgresFixture()
        let (one, two) = (try Server(fixture, "one"), try Server(fixture, "two"))
        one.end(one.ask())
        two.end(two.ask())
        two.end(two.ask(session: "b"))
        for _ in 1...2 { for server in [one, two] { try server.usage.write() } }
        for server in [one, two] {
            let report = UsageReport(try server.usage.reading(), by: [.session])
            #expect(report.rows.map(\.values) == [["a"], ["b"]])
            #expect(report.rows.map(\.line.requests) == [2, 1])
            #expect(report.total.line.total.count == 3)
            #expect(report.total.line.usage.input > 0)
            #expect((report.total.dollars ?? 0) > 0)
        }
        let named = UsageReport(try one.usage.reading(), by: [.key])
        #expect(named.rows.count == 1 && named.rows[0].values[0]?.contains("0123456789") == false)
        two.end(two.ask())
        one.restart("a")
        // This usage is written by a server that does not know of the restart yet.
        try two.usage.write()
        #expect(UsageReport(try one.usage.reading(), by: [.session]).rows.map(\.values) == [["b"]])
        two.end(two.ask())
        try two.usage.write()
        #expect(UsageReport(try one.usage.reading(), by: [.session]).rows.map(\.line.requests) == [1, 1])
    }

    @Test(
        "Usage by time is that of all servers, and each call is in one interval, also after a server has joined its intervals"
    )
    func usageByTime() throws {
        let fixture = try PostgresFixture()
        let (one, two) = (try Server(fixture, "one"), try Server(fixture, "two"))
        for server in [one, two] { server.ask() }
        func answer(_ server: Server, _ seconds: Range<Int>) throws {
            let line = AnsweredLine(
                session: "a", endpoint: .chatCompletions, model: "gpt-4o-mini", key: nil, tags: [], status: 200,
                faults: 0,
                usage: Usage(input: 1, output: 1))
            for second in seconds { server.ledger.receive([line], at: second) }
            try server.usage.write()
        }
        /// Requests by the start of their interval.
        func counts(_ server: Server, every: UsageWidth? = nil) throws -> [String: Int] {
            let report = UsageReport(try server.usage.reading(withIntervals: true), by: [.time], every: every)
            return Dictionary(uniqueKeysWithValues: report.rows.map { ($0.values[0] ?? "", $0.line.requests) })
        }
        try answer(one, 60..<62)
        try answer(one, 61..<64)
        try answer(two, 63..<65)
        try answer(two, 64..<65)
        for server in [one, two] {
            #expect(try counts(server) == ["60": 1, "61": 2, "62": 1, "63": 2, "64": 2])
            #expect(try counts(server, every: .minute) == ["60": 8])
            #expect(UsageReport(try server.usage.reading(), by: []).total.line.requests == 8)
        }
        // More intervals than a server keeps.
        try answer(one, 100..<6_000)
        let report = UsageReport(try two.usage.reading(withIntervals: true), by: [.time])
        #expect(report.width == .fiveSeconds)
        #expect(report.total.line.requests == 5 + 3 + 5_900)
        #expect(report.rows.count == 1 + 5_900 / 5)
        #expect(report.rows.allSatisfy { $0.line.requests == ($0.values == ["60"] ? 8 : 5) })
        one.restart("a")
        #expect(try counts(one).isEmpty)
    }

    @Test("A server that follows gets the exchanges that others end, each once, and none of its own")
    func news() async throws {
        let fixture = try PostgresFixture()
        let (one, two) = (try Server(fixture, "one"), try Server(fixture, "two"))
        let news = PostgresNews(one.journal, replica: "one", beside: try fixture.store())
        let received = Mutex<[Exchange]>([])
        news.start { exchange in received.withLock { $0.append(exchange) } }
        let deadline = PostgresFixture.deadline
        // Until the server listens, exchanges are missed.
        while received.withLock(\.isEmpty), .now < deadline {
            two.end(two.ask())
            _ = try await two.journal.exchanges(JournalQuery())
        }
        one.end(one.ask(session: "own"))
        _ = try await one.journal.exchanges(JournalQuery())
        two.end(two.ask("last", session: "b"))
        _ = try await two.journal.exchanges(JournalQuery())
        while !received.withLock({ $0.contains { $0.session == "b" } }), .now < deadline { await Task.yield() }
        news.stop()
        let all = received.withLock(\.self)
        #expect(all.allSatisfy { $0.replica == "two" && !$0.isRunning })
        #expect(Set(all.map { "\($0.session) \($0.number)" }).count == all.count)
        #expect(all.last?.session == "b")
    }

    @Test(
        "A notification names the server and the rows, in pieces that PostgreSQL takes",
        arguments: [0, 1, 300, 301, 900])
    func payloads(rows: Int) throws {
        let ids = (0..<rows).map { Int.max - $0 }
        let payloads = JournalNews(replica: "web-1.example-77", rows: ids).payloads
        #expect(payloads.count == (rows + 299) / 300)
        #expect(payloads.allSatisfy { $0.utf8.count < 8_000 })
        let read = try payloads.map { try #require(JournalNews(payload: $0)) }
        #expect(read.flatMap(\.rows) == ids && read.allSatisfy { $0.replica == "web-1.example-77" })
        #expect(JournalNews(payload: "nothing") == nil)
    }
}
