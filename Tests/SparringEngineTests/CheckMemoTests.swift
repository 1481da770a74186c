import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Synchronization
import Testing

@testable import SparringEngine

/// Equal bodies are checked only once. These tests compare the answers to such bodies with the answers to bodies that mean the same but
/// differ in white space, because bodies that differ are checked every time.
@Suite("Remembered results of checks have no visible effect")
struct CheckMemoTests {
    private static let chat = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Say hello."}]}"#
    private static let today = 1_795_232_605

    private static func request(_ body: String, headers: HeaderFields = ["authorization": "Bearer x"]) -> Request {
        Request(method: "POST", target: "/v1/chat/completions", headers: headers, body: Array(body.utf8))
    }

    private static func engine(_ yaml: String) throws -> Engine {
        let scenario = try ScenarioLoader.load(text: yaml, file: "memo.yaml", errors: .api).get()
        return Engine(scenario: scenario, seed: 7, wallClock: { today })
    }

    /// The bytes of the answers to these calls, which are sent one second apart.
    private static func answers(_ engine: Engine, _ bodies: [String]) -> [String] {
        bodies.enumerated().map { number, body in
            let now = Moment(nanoseconds: Int64(number) * 1_000_000_000)
            let planned = engine.respond(to: request(body), connection: 1, now: now)
            engine.ended(planned, timeline: Timeline())
            return String(decoding: planned.script.bytes, as: UTF8.self)
        }
    }

    @Test(
        "Equal bodies get the same bytes as bodies that are checked every time",
        arguments: [
            chat,
            #"{"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"Say hello."}]}"#,
            #"{"model":"gpt-4o-mini","n":2,"max_tokens":3,"messages":[{"role":"user","content":"Say hello."}]}"#,
            #"{"model":"gpt-4o-mini","logprobs":true,"messages":[{"role":"user","content":"Say hello."}]}"#,
            #"{"model":"gpt-4o-mini","store":true,"messages":[{"role":"user","content":"Say hello."}]}"#,
            #"{"model":"gpt-4o-search-preview","messages":[{"role":"user","content":"Say hello."}]}"#,
            #"{"model":"gpt-5","messages":[{"role":"user","content":"Say hello."}]}"#,
            #"{"model":"gpt-9000","messages":[{"role":"user","content":"Say hello."}]}"#,
            #"{"model":"someone/else","messages":[{"role":"user","content":"Say hello."}]}"#,
            #"{"model":"gpt-4o-mini","messages":[]}"#,
        ])
    func sameBytes(body: String) throws {
        let rules = """
            schema: 1
            scenario: memo
            rules:
              - steps:
                  - { text: "Good morning.", times: 4 }
                  - { text: "Good {{last.user}} evening." , times: 2 }
                  - { text: "Good night.", faults: [{ at: end, end: reset }] }
                  - { error: rate_limit_exceeded }
                then: cycle
            """
        let varied = (0..<12).map { body + String(repeating: " ", count: $0) }
        let same = Self.answers(try Self.engine(rules), Array(repeating: body, count: 12))
        #expect(same == Self.answers(try Self.engine(rules), varied))
    }

    @Test("A prompt that is long enough for the prompt cache is counted as cached from the second call on")
    func promptCache() throws {
        let yaml = "schema: 1\nscenario: memo\notherwise: auto\n"
        let text = String(repeating: "The quick brown fox jumps over the lazy dog. ", count: 150)
        let body = Self.chat.replacing("Say hello.", with: text)
        let varied = (0..<6).map { body + String(repeating: " ", count: $0) }
        let same = Self.answers(try Self.engine(yaml), Array(repeating: body, count: 6))
        #expect(same == Self.answers(try Self.engine(yaml), varied))
    }

    @Test("Every call is counted: the numbers of attempts, exchanges and ids increase")
    func counted() throws {
        let engine = try Self.engine("schema: 1\nscenario: memo\notherwise: auto\n")
        let exchanges = (0..<6).map { _ in
            engine.respond(to: Self.request(Self.chat), connection: 1, now: Moment(nanoseconds: 0)).exchange
        }
        #expect(exchanges.map(\.decision.attempt) == [1, 2, 3, 4, 5, 6])
        #expect(exchanges.map(\.number) == [1, 2, 3, 4, 5, 6])
        #expect(Set(exchanges.map(\.decision.requestID)).count == 6)
    }

    @Test("The headers of each call are used, not those of the first one")
    func headers() throws {
        let engine = try Self.engine("schema: 1\nscenario: memo\nvalidation: lenient\notherwise: auto\n")
        let body = Self.chat.replacing(#""messages""#, with: #""temperature":9,"messages""#)
        func status(_ headers: HeaderFields) -> Int {
            engine.respond(to: Self.request(body, headers: headers), connection: 1, now: Moment(nanoseconds: 0))
                .exchange.decision.status
        }
        let key: HeaderFields = ["authorization": "Bearer x"]
        #expect((0..<4).map { _ in status(key) } == [200, 200, 200, 200])
        #expect(status(["authorization": "Bearer x", "x-sparring-validation": "strict"]) == 400)
        #expect(status(["authorization": "Bearer x", "x-sparring-validation": "loose"]) == 400)
        #expect(status([:]) == 401)
        #expect(status(key) == 200)
    }

    @Test("A session with another scenario, or with a clock that was moved, checks the body again")
    func sessions() throws {
        let engine = try Self.engine("schema: 1\nscenario: memo\notherwise: auto\n")
        let moment = Moment(nanoseconds: 0)
        _ = Self.answers(engine, Array(repeating: Self.chat, count: 4))
        let own = try ScenarioLoader.load(
            text: "schema: 1\nscenario: own\nmodels: { gpt-4o-mini: { snapshot: gpt-own } }\notherwise: auto\n",
            file: "own.yaml", errors: .api
        ).get()
        engine.sessions.register("own", scenario: own, now: moment)
        let headers: HeaderFields = ["authorization": "Bearer x", "x-sparring-session": "own"]
        let answer = engine.respond(to: Self.request(Self.chat, headers: headers), connection: 1, now: moment)
        #expect(String(decoding: answer.script.bytes, as: UTF8.self).contains(#""model": "gpt-own""#))
        // Moves the session's clock to a day after the API has shut the model down.
        _ = engine.sessions.session(named: "default", now: moment).changeClock {
            $0.advance(by: .seconds(90 * 86_400), at: moment)
        }
        let late = engine.respond(to: Self.request(Self.chat), connection: 1, now: moment)
        #expect(late.exchange.decision.status == 404)
    }

    @Test("A model that a scenario shuts down while the server runs is closed from that day on")
    func shutdown() throws {
        let clock = WallClock(Self.today)
        let yaml = """
            schema: 1
            scenario: memo
            models: { gpt-4o-mini: { shutdown_date: 2027-01-14 } }
            otherwise: auto
            """
        let scenario = try ScenarioLoader.load(text: yaml, file: "memo.yaml", errors: .api).get()
        let engine = Engine(scenario: scenario, wallClock: { clock.seconds.withLock { $0 } })
        let answers = Self.answers(engine, Array(repeating: Self.chat, count: 4))
        #expect(answers.allSatisfy { $0.hasPrefix("HTTP/1.1 200 ") })
        clock.seconds.withLock { $0 += 90 * 86_400 }
        #expect(Self.answers(engine, [Self.chat])[0].hasPrefix("HTTP/1.1 404 "))
    }

    private final class WallClock: Sendable {
        let seconds: Mutex<Int>

        init(_ start: Int) { seconds = Mutex(start) }
    }

    @Test("A body is remembered when it arrives for the second time, and is compared as a whole")
    func secondTime() throws {
        let memo = CheckMemo()
        let finding = try Self.finding(Self.chat)
        memo.remember(finding, fingerprint: 5)
        #expect(memo.finding(.chatCompletions, finding.bytes, fingerprint: 5) == nil)
        memo.remember(finding, fingerprint: 5)
        #expect(memo.finding(.chatCompletions, finding.bytes, fingerprint: 5) === finding)
        #expect(memo.finding(.completions, finding.bytes, fingerprint: 5) == nil)
        var other = finding.bytes
        for place in other.indices {
            other[place] ^= 1
            #expect(memo.finding(.chatCompletions, other, fingerprint: 5) == nil)
            other[place] ^= 1
        }
        #expect(memo.finding(.chatCompletions, Array(finding.bytes.dropLast()), fingerprint: 5) == nil)
    }

    @Test("A body that arrives only once replaces no other, and a long body is not remembered")
    func bounds() throws {
        let memo = CheckMemo()
        let (often, once) = (try Self.finding(Self.chat), try Self.finding(Self.chat + " "))
        for _ in 0..<2 { memo.remember(often, fingerprint: 1) }
        memo.remember(once, fingerprint: 1 + UInt64(CheckMemo.limit))
        #expect(memo.finding(.chatCompletions, often.bytes, fingerprint: 1) === often)
        let long = try Self.finding(Self.chat + String(repeating: " ", count: CheckMemo.longest))
        for _ in 0..<3 { memo.remember(long, fingerprint: 2) }
        #expect(memo.finding(.chatCompletions, long.bytes, fingerprint: 2) == nil)
    }

    private static func finding(_ body: String) throws -> CheckMemo.Finding {
        let world = ScenarioContext(.auto)
        let value = try JSONValue.parse(Array(body.utf8))
        return CheckMemo.Finding(
            try Endpoint.chatCompletions.check(value, models: world.models), at: .chatCompletions,
            bytes: Array(body.utf8), body: value, model: ModelAddress("gpt-4o-mini"), world: world, validation: .strict,
            day: 20_000,
            warning: nil)
    }
}
