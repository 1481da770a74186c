import Dispatch
import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Synchronization
import Testing

@testable import SparringEngine

/// A server that shares its sessions. The moments of each server are its own, because servers do not start at the same time.
private struct Server {
    let engine: Engine
    let start: Int64

    init(_ store: MemorySessions, _ scenario: String, start seconds: Int64 = 0, seed: UInt64 = 1) throws {
        let scenario = try ScenarioLoader.load(
            text: "schema: 1\nscenario: s\n" + scenario, file: "s.yaml", errors: .api
        ).get()
        let start = seconds * 1_000_000_000
        self.start = start
        // Both servers read the same time of the store, so that their moments differ by the time between their starts.
        engine = Engine(
            scenario: scenario, seed: seed,
            turns: SessionTurns(store, replica: "r\(seconds)") { Moment(nanoseconds: start) },
            wallClock: { 1_795_000_000 })
    }

    /// - Parameter seconds: starting from the store's time.
    func at(_ seconds: Double) -> Moment { Moment(nanoseconds: start + Int64(seconds * 1e9)) }

    func ask(
        _ content: String = "hi", session: String = "a", at seconds: Double = 1, model: String = "gpt-4o-mini"
    ) -> PlannedExchange {
        let body =
            #"{"model":"\#(model)","messages":[{"role":"user","content":"\#(content)"}]}"#
        let headers: HeaderFields = ["authorization": "Bearer x", "x-sparring-session": session]
        let request = Request(
            method: "POST", target: "/v1/chat/completions", headers: headers, body: Array(body.utf8))
        return engine.respond(to: .complete(request), connection: 1, now: at(seconds))
    }

    func status(_ content: String = "hi", session: String = "a", at seconds: Double = 1) -> Int {
        ask(content, session: session, at: seconds).exchange.decision.status
    }

    func text(_ content: String = "hi", session: String = "a", at seconds: Double = 1) -> String {
        String(decoding: ask(content, session: session, at: seconds).script.bytes, as: UTF8.self)
    }

    /// Does work in the same way as an admin request.
    func alone<Value>(_ session: String = "a", _ work: (Session) -> Value) -> Value {
        engine.sessions.visit { work(engine.sessions.session(named: session, now: at(1))) }.value
    }
}

@Suite("Sessions that servers share", .timeLimit(.minutes(5)))
struct SharedSessionTests {
    private static let steps = """
        rules:
          - steps:
              - { error: rate_limit_exceeded, times: 2 }
              - { text: "third" }
              - { error: server_error }
            then: last
        """

    @Test(
        "Each step answers once, whichever server is asked, and the attempts and numbers of all servers are counted together"
    )
    func steps() throws {
        let store = MemorySessions()
        let servers = [try Server(store, Self.steps), try Server(store, Self.steps, start: 500)]
        let exchanges = (0..<5).map { servers[$0 % 2].ask().exchange }
        #expect(exchanges.map(\.decision.status) == [429, 429, 200, 500, 500])
        #expect(exchanges.map(\.number) == [1, 2, 3, 4, 5])
        #expect(exchanges.map(\.decision.attempt) == [1, 2, 3, 4, 5])
    }

    @Test("An answer names its server")
    func replica() throws {
        let server = try Server(MemorySessions(), Self.steps, start: 3)
        #expect(server.text().contains("x-sparring-replica: r3\r\n"))
    }

    @Test("A limit admits as many calls as with one server, and drains by the time of the store")
    func limits() throws {
        let store = MemorySessions()
        let limits = "limits: { requests_per_minute: 4 }\notherwise: auto\n"
        let servers = [try Server(store, limits), try Server(store, limits, start: 86_400)]
        let statuses = (0..<6).map { servers[$0 % 2].status("call \($0)") }
        #expect(statuses == [200, 200, 200, 200, 429, 429])
        // A request drains from the limit's bucket in 15 seconds.
        #expect(servers[1].status("later", at: 15) == 429)
        #expect(servers[0].status("later", at: 16.5) == 200)
        #expect(servers[1].status("later", at: 17) == 429)
    }

    @Test("A scenario that one server sets is played by the others, from its first step")
    func scenario() throws {
        let store = MemorySessions()
        let servers = [try Server(store, Self.steps), try Server(store, Self.steps, start: 9)]
        #expect(servers.map { $0.status() } == [429, 429])
        let text = "schema: 1\nscenario: other\nrules: [ { steps: [ { text: one }, { text: two } ] } ]"
        let scenario = try ScenarioLoader.load(text: text, file: "body", origin: .sent, errors: .api).get()
        servers[0].alone { $0.restart(with: servers[0].engine.sessions.world(of: scenario)) }
        #expect(servers[1].text().contains("one"))
        #expect(servers[0].text().contains("two"))
        #expect(servers[1].alone { $0.exchanges.map(\.number) } == [1], "the log is that since the restart")
        servers[1].alone { $0.restart() }
        #expect(servers[0].text().contains("one"), "a reset reaches the other server")
    }

    @Test("The attempts of many requests are counted together, also those that are stored in rows, until a restart")
    func attempts() throws {
        let store = MemorySessions()
        let servers = [try Server(store, "otherwise: auto"), try Server(store, "otherwise: auto", start: 9)]
        func attempts(_ round: Int, _ calls: Int) -> [Int] {
            (0..<calls).map { servers[($0 / 5 + round) % 2].ask("call \($0)").exchange.decision.attempt }
        }
        #expect(attempts(0, 60) == Array(repeating: 1, count: 60))
        let rows = try #require(store.row("a")).entries.count
        #expect(rows > 0 && rows < 60, "some are in rows, and some in the state")
        #expect(attempts(1, 60) == Array(repeating: 2, count: 60))
        let third = try Server(store, "otherwise: auto", start: 77)
        #expect((0..<60).allSatisfy { third.ask("call \($0)").exchange.decision.attempt == 3 })
        servers[0].alone { $0.restart() }
        #expect(attempts(1, 10) == Array(repeating: 1, count: 10))
        #expect(attempts(0, 10) == Array(repeating: 2, count: 10))
    }

    @Test("A clock that one server moves is that of the others, also for its limits")
    func clock() throws {
        let store = MemorySessions()
        let limits = "limits: { requests_per_minute: 1 }\notherwise: auto\n"
        let servers = [try Server(store, limits), try Server(store, limits, start: 77)]
        #expect(servers.map { $0.status("call") } == [200, 429])
        servers[0].alone { session in
            _ = session.changeClock { $0.advance(by: .seconds(60), at: servers[0].at(1)) }
        }
        #expect(servers[1].status("again") == 200)
        let ahead = servers[1].alone { $0.glance.clock.ahead(at: servers[1].at(1)) }
        #expect(ahead == .seconds(60))
    }

    @Test("Faults that one server is ordered are applied by whichever server answers the next calls")
    func faults() throws {
        let store = MemorySessions()
        let servers = [try Server(store, "otherwise: auto\n"), try Server(store, "otherwise: auto\n", start: 5)]
        let text = "reset at event 1"
        let faults = try ScenarioLoader.answerFaults(in: text, errors: .api).get()
        servers[0].alone { $0.adjust { $0.push(faults, calls: 2, source: text) } }
        let struck = [1, 0, 1].map { servers[$0].ask("\($0)").exchange.decision.faults }
        #expect(struck == [["at event 1: reset"], ["at event 1: reset"], []])
    }

    @Test("A prompt that one server has read is in the prompt cache of the others")
    func promptCache() throws {
        let store = MemorySessions()
        let servers = [try Server(store, "otherwise: auto\n"), try Server(store, "otherwise: auto\n", start: 5)]
        let prompt = String(repeating: "one two three four five ", count: 600)
        let cached = [0, 1].map { servers[$0].ask(prompt).exchange.decision.usage?.cached ?? -1 }
        #expect(cached[0] == 0)
        #expect(cached[1] >= 1024)
    }

    @Test("A call whose commit fails gets 503 in Sparring's name, and counts nowhere")
    func commitFails() throws {
        let store = MemorySessions()
        let servers = [try Server(store, Self.steps), try Server(store, Self.steps, start: 5)]
        #expect(servers[0].status() == 429)
        store.commitFails.withLock { $0 = StoreProblem("no room") }
        let refused = servers[0].text()
        #expect(refused.hasPrefix("HTTP/1.1 503 "))
        #expect(refused.contains("Sparring: the store of --store failed") && refused.contains("no room"))
        store.commitFails.withLock { $0 = nil }
        let next = servers[0].ask().exchange
        #expect(next.number == 2 && next.decision.status == 429 && next.decision.attempt == 2)
        #expect(servers[1].status() == 200)
        #expect(servers[0].engine.sessions.existing("a")?.exchanges.map(\.number) == [1, 2])
    }

    @Test("The first call of a session can fail, too")
    func firstCommitFails() throws {
        let store = MemorySessions()
        let server = try Server(store, Self.steps)
        store.commitFails.withLock { $0 = StoreProblem("no room") }
        #expect(server.status() == 503)
        store.commitFails.withLock { $0 = nil }
        #expect((0..<3).map { _ in server.status() } == [429, 429, 200])
    }

    @Test("Without the store, every thread that waits is answered with 503, and no session changes")
    func takeFails() throws {
        let store = MemorySessions()
        let server = try Server(store, Self.steps)
        #expect(server.status() == 429)
        store.takeFails.withLock { $0 = StoreProblem("gone") }
        let statuses = Mutex<[Int]>([])
        DispatchQueue.concurrentPerform(iterations: 6) { _ in
            let status = server.status()
            statuses.withLock { $0.append(status) }
        }
        #expect(statuses.withLock(\.self) == Array(repeating: 503, count: 6))
        store.takeFails.withLock { $0 = nil }
        #expect((0..<2).map { _ in server.status() } == [429, 200])
    }

    @Test("Threads of two servers use up exactly the steps and the limit that there are, and share commits")
    func threads() throws {
        let store = MemorySessions()
        let scenario = """
            limits: { requests_per_day: 300 }
            rules:
              - steps: [ { text: "scripted", times: 200 } ]
                then: fail
            """
        let servers = [try Server(store, scenario), try Server(store, scenario, start: 5)]
        let statuses = Mutex<[Int]>([])
        let numbers = Mutex<Set<Int>>([])
        DispatchQueue.concurrentPerform(iterations: 16) { thread in
            for call in 0..<25 {
                let exchange = servers[thread % 2].ask("\(thread) \(call)").exchange
                statuses.withLock { $0.append(exchange.decision.status) }
                numbers.withLock { _ = $0.insert(exchange.number) }
            }
        }
        let counts = Dictionary(grouping: statuses.withLock(\.self)) { $0 }.mapValues(\.count)
        #expect(counts[200] == 200, "\(counts)")
        #expect(counts[429] == 100, "\(counts)")
        #expect(numbers.withLock(\.self) == Set(1...400))
        #expect(store.commits.load(ordering: .relaxed) <= 400)
    }

    @Test("A server with another seed says so in place of answering with other random values")
    func seed() throws {
        let store = MemorySessions()
        #expect(try Server(store, Self.steps).status() == 429)
        let other = try Server(store, Self.steps, seed: 2).text()
        #expect(other.hasPrefix("HTTP/1.1 503 ") && other.contains("the same --seed"))
    }

    @Test("A server with other scenario files plays the session's own scenario")
    func otherScenario() throws {
        let store = MemorySessions()
        #expect(try Server(store, Self.steps).status() == 429)
        let other = try Server(store, "rules: [ { text: mine } ]\n", start: 4)
        #expect(other.status() == 429)
        #expect(other.text(session: "b").contains("mine"))
    }

    @Test("Servers go on after their store was emptied: the session begins anew")
    func emptied() throws {
        let store = MemorySessions()
        let servers = [try Server(store, Self.steps), try Server(store, Self.steps, start: 5)]
        #expect((0..<3).map { servers[$0 % 2].status() } == [429, 429, 200])
        store.forget()
        #expect((0..<3).map { servers[$0 % 2].status() } == [429, 429, 200])
    }

    @Test("Work on two sessions has both for itself, and a nested visit belongs to the outer one")
    func nested() throws {
        let store = MemorySessions()
        let server = try Server(store, Self.steps)
        let problem = server.engine.sessions.visit {
            let first = server.engine.sessions.session(named: "a", now: server.at(1))
            let inner = server.engine.sessions.visit {
                server.engine.sessions.session(named: "a", now: server.at(1)) === first
            }
            #expect(inner.value && inner.problem == nil)
            _ = server.engine.sessions.session(named: "b", now: server.at(1))
        }.problem
        #expect(problem == nil)
        #expect(try store.names() == ["a", "b"])
    }
}

@Suite("The state of a session in a store")
struct StoredStateTests {
    @Test("A state that is stored and taken over is the same")
    func roundTrip() throws {
        let text = """
            schema: 1
            scenario: s
            limits: { requests_per_minute: 9, tokens_per_minute: 1000 }
            accounts: { keys: { k: { limits: { requests_per_day: 5 } } }, projects: { p: { limits: { requests_per_minute: 3 } } } }
            load: { slots: 2 }
            rules: [ { steps: [ { text: a, times: 2 }, { text: b } ], then: cycle } ]
            """
        let scenario = try ScenarioLoader.load(text: text, file: "s.yaml", errors: .api).get()
        var state = SessionState(scenario: scenario, seed: 1)
        let now = Moment(nanoseconds: 5_000_000_000)
        _ = state.clock.advance(by: .seconds(3), at: now)
        var caller = Caller()
        (caller.key, caller.project) = ("k", "p")
        for fingerprint in [1, 2, 1] as [UInt64] {
            state.commit(
                .call(fingerprint: fingerprint, charge: .init(family: "m", tokens: 30, caller: caller)),
                [Candidate(rule: 0, captures: [:], residual: nil)], in: scenario, now: now)
        }
        state.push(
            try ScenarioLoader.answerFaults(in: "cut at event 2", errors: .api).get(), calls: 3,
            source: "cut at event 2")
        state.warn("careful")
        let offset = StoreOffset(nanoseconds: 1_795_000_000_123_456_789)
        let stored = state.stored(offset, at: now)
        var other = SessionState(scenario: scenario, seed: 1)
        // Another server, whose moments are 100 seconds later.
        let later = StoreOffset(nanoseconds: offset.nanoseconds - 100_000_000_000)
        try other.take(try JSONValue.parse(JSONValue.object(stored).serialized()), of: scenario, later)
        #expect(other.stored(later, at: Moment(nanoseconds: 105_000_000_000)) == stored)
        #expect(other.lineWarnings == ["careful"])
    }

    @Test("A state of another scenario is refused")
    func unfit() throws {
        let one = Scenario(name: "s", rules: [Rule(steps: [Step(.auto)])])
        let two = Scenario(name: "s", rules: [Rule(steps: [Step(.auto), Step(.auto)])])
        let offset = StoreOffset(nanoseconds: 0)
        let json = JSONValue.object(
            SessionState(scenario: one, seed: 1).stored(offset, at: Moment(nanoseconds: 0)))
        var state = SessionState(scenario: two, seed: 1)
        #expect(throws: StoreProblem.self) { try state.take(json, of: two, offset) }
    }

    @Test("The estimate of the store's time is never ahead, improves at once, and follows a clock that was set back")
    func time() {
        var time = StoreTime()
        func offset(_ stored: Int64, _ received: Int64) -> Int64 {
            time.sample(stored, received: Moment(nanoseconds: received)).nanoseconds
        }
        #expect(offset(1_000_000, 400_000) == 600_000)
        #expect(offset(2_000_000, 1_900_000) == 600_000 - 300, "a slow answer changes nothing but for the drift")
        #expect(offset(3_000_000, 2_300_000) == 700_000)
        #expect(offset(4_000_000, 10_000_004_000_000) < 0, "set back by hours")
    }
}
