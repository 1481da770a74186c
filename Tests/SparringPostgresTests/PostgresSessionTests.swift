import Dispatch
import SparringAPI
import SparringExchange
import SparringScenario
import SparringWire
import Synchronization
import TestSupport
import Testing

@testable import SparringEngine
@testable import SparringPostgres

/// A server without sockets whose sessions are in a database.
private struct Server {
    let engine: Engine

    init(_ fixture: PostgresFixture, _ name: String, _ scenario: String) throws {
        let scenario = try ScenarioLoader.load(
            text: "schema: 1\nscenario: s\n" + scenario, file: "s.yaml", errors: .api
        ).get()
        let objects = try fixture.store(name: name)
        let start = ContinuousClock.now
        engine = Engine(
            scenario: scenario, store: objects,
            turns: SessionTurns(PostgresSessions(beside: objects, replica: name), replica: name) {
                Server.moment(since: start)
            }, wallClock: { 1_795_000_000 })
    }

    private static func moment(since start: ContinuousClock.Instant) -> Moment {
        Moment(nanoseconds: Int64((ContinuousClock.now - start) / .nanoseconds(1)))
    }

    func ask(_ content: String = "hi", session: String = "a") -> Exchange {
        let body = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"\#(content)"}]}"#
        let headers: HeaderFields = ["authorization": "Bearer x", "x-sparring-session": session]
        let request = Request(
            method: "POST", target: "/v1/chat/completions", headers: headers, body: Array(body.utf8))
        let now = engine.sessions.turns?.clock() ?? Moment(nanoseconds: 0)
        return engine.respond(to: .complete(request), connection: 1, now: now).exchange
    }
}

@Suite(
    "Sessions in PostgreSQL", .enabled(if: PostgresServer.isInstalled, "\(PostgresServer.missing)"),
    .timeLimit(.minutes(20)))
struct PostgresSessionTests {
    private static let text = SessionWriting(
        state: Array("{}".utf8), entries: [SessionEntry(.attempts, .max, 3)], cleared: [], scenario: .some("text"))

    private static func sessions(_ fixture: PostgresFixture, name: String = "one") throws -> PostgresSessions {
        PostgresSessions(beside: try fixture.store(name: name), replica: name)
    }

    @Test("A commit is read with its entries and its scenario, and a server that knows it reads neither again")
    func commit() throws {
        let fixture = try PostgresFixture()
        let sessions = try Self.sessions(fixture)
        #expect(try !sessions.contains("a"))
        let first = try sessions.take("a", known: 0)
        #expect(first.reading.version == 0 && first.reading.state.isEmpty)
        try first.commit(Self.text)
        let second = try sessions.take("a", known: 0)
        #expect(second.reading.version == 1 && second.reading.state == Array("{}".utf8))
        #expect(second.reading.entries == Self.text.entries)
        #expect(try second.scenario() == "text")
        second.release()
        let third = try sessions.take("a", known: 1)
        #expect(third.reading.state.isEmpty && third.reading.entries.isEmpty)
        #expect(third.reading.time > 1_700_000_000_000_000_000)
        try third.commit(SessionWriting(state: [1], entries: [], cleared: [.attempts], scenario: .some(nil)))
        let fourth = try sessions.take("a", known: 0)
        #expect(fourth.reading.version == 2 && fourth.reading.entries.isEmpty)
        #expect(try fourth.scenario() == nil)
        fourth.release()
        #expect(try sessions.names() == ["a"] && sessions.contains("a"))
    }

    @Test("A session that is released, or whose commit never came, is as it was, and others can take it")
    func released() throws {
        let fixture = try PostgresFixture()
        let (one, two) = (try Self.sessions(fixture), try Self.sessions(fixture, name: "two"))
        try one.take("a", known: 0).release()
        #expect(try two.names().isEmpty)
        let lost = try one.take("a", known: 0)
        // The connections end as they do after SIGKILL of their server.
        try fixture.endConnections()
        try two.take("a", known: 0).commit(Self.text)
        #expect(throws: StoreProblem.self) { try lost.commit(Self.text) }
        #expect(try fixture.numbers("SELECT version FROM sparring.sessions") == [1])
    }

    @Test("A commit whose connection breaks is made on another one, once", arguments: [0, 1])
    func broken(known: Int) throws {
        let fixture = try PostgresFixture()
        let sessions = try Self.sessions(fixture)
        if known == 1 { try sessions.take("a", known: 0).commit(Self.text) }
        let grip = try sessions.take("a", known: known)
        try fixture.endConnections()
        try grip.commit(Self.text)
        #expect(try fixture.numbers("SELECT version FROM sparring.sessions") == [known + 1])
        #expect(try fixture.numbers("SELECT value FROM sparring.session_entries") == [3])
    }

    @Test("A session of a name that PostgreSQL cannot store is an error, not another session")
    func nul() throws {
        let sessions = try Self.sessions(try PostgresFixture())
        #expect(throws: StoreProblem.self) { _ = try sessions.take("a\0b", known: 0) }
        #expect(try !sessions.contains("a\0b"))
    }

    @Test("Threads of three servers use up each step once, a limit admits what it says, and no number is given twice")
    func servers() throws {
        let fixture = try PostgresFixture()
        let scenario = """
            limits: { requests_per_day: 150 }
            rules:
              - steps: [ { text: "scripted", times: 100 } ]
                then: fail
            """
        let servers = try ["one", "two", "three"].map { try Server(fixture, $0, scenario) }
        let exchanges = Mutex<[Exchange]>([])
        DispatchQueue.concurrentPerform(iterations: 12) { thread in
            for call in 0..<20 {
                let exchange = servers[thread % 3].ask("\(thread) \(call)")
                exchanges.withLock { $0.append(exchange) }
            }
        }
        let all = exchanges.withLock(\.self)
        let counts = Dictionary(grouping: all, by: \.decision.status).mapValues(\.count)
        #expect(counts[200] == 100 && counts[429] == 90, "\(counts)")
        #expect(Set(all.map(\.number)) == Set(1...240))
        #expect(all.allSatisfy { $0.decision.attempt == 1 })
        // Each server knows the attempts of all others.
        #expect(servers[0].ask("1 7").decision.attempt == 2)
        #expect(servers[1].ask("0 19").decision.attempt == 2)
        #expect(servers[2].ask("1 7").decision.attempt == 3)
    }

    @Test(
        "Connections that break while servers work lose no step and use up none twice, unless a call says that it is unknown"
    )
    func restarts() throws {
        let fixture = try PostgresFixture()
        let scenario = "rules: [ { steps: [ { text: scripted, times: 200 } ], then: fail } ]"
        let servers = try ["one", "two"].map { try Server(fixture, $0, scenario) }
        let statuses = Mutex<[Int]>([])
        let done = Atomic(false)
        DispatchQueue.concurrentPerform(iterations: 7) { thread in
            if thread == 6 {
                while !done.load(ordering: .relaxed) { try? fixture.endConnections() }
                return
            }
            for call in 0..<20 {
                let status = servers[thread % 2].ask("\(thread) \(call)").decision.status
                statuses.withLock { $0.append(status) }
            }
            if statuses.withLock(\.count) == 120 { done.store(true, ordering: .relaxed) }
        }
        let answered = statuses.withLock { $0.count { $0 == 200 } }
        let used = servers[0].engine.sessions.visit {
            servers[0].engine.sessions.session(named: "a", now: Moment(nanoseconds: 0)).adjust(\.exchanges)
        }.value
        let refused = statuses.withLock { $0.count { $0 == 503 } }
        #expect(answered + refused == 120)
        #expect(used >= answered && used <= answered + refused, "\(used) used, \(answered) answered")
    }

    @Test("Servers are listed with their state and with the sessions that they changed last")
    func replicas() throws {
        let fixture = try PostgresFixture()
        let objects = try fixture.store()
        let replicas = PostgresReplicas(beside: objects)
        try replicas.report("b", address: "http://b", version: "1")
        try replicas.report("a", address: "http://a", version: "1")
        let open = ReplicaGauges(traffic: TrafficGauges.Reading(inFlight: 3, streams: 2, sockets: 1), held: 1)
        try replicas.report("a", address: "http://a:2", version: "2", gauges: open)
        try replicas.end("b")
        try PostgresSessions(beside: objects, replica: "a").take("s", known: 0).commit(Self.text)
        let all = try PostgresReplicas(fixture.location).all()
        #expect(all.map(\.name) == ["a", "b"])
        #expect(all.map(\.state) == [.up, .stopped])
        #expect(all.map(\.sessions) == [1, 0])
        #expect(all.map(\.gauges) == [open, ReplicaGauges()])
        #expect(all[0].address == "http://a:2" && all[0].version == "2")
        _ = try fixture.numbers("UPDATE sparring.replicas SET seen_at = now() - interval '11 s' WHERE name = 'a'")
        #expect(try replicas.all().map(\.state) == [.lost, .stopped])
    }

    @Test("The servers of a database without Sparring's tables cannot be listed")
    func noTables() throws {
        let fixture = try PostgresFixture()
        #expect(throws: StoreProblem.self) { _ = try PostgresReplicas(fixture.location).all() }
    }
}
