import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("The engine without sockets")
struct EngineTests {
    private static let chat = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}"#

    private static func request(
        _ body: String = chat, path: String = "/v1/chat/completions", method: String = "POST",
        headers: HeaderFields = ["authorization": "Bearer x"]
    ) -> Request { Request(method: method, target: path, headers: headers, body: Array(body.utf8)) }

    private static func engine(_ scenario: Scenario = .auto, limits: SessionRegistry.Limits = .init()) -> Engine {
        Engine(scenario: scenario, limits: limits, wallClock: { 1_795_232_605 })
    }

    private static func respond(_ engine: Engine, _ request: Request, at second: Int = 0) -> Exchange.Decision {
        let performance = engine.respond(
            to: request, connection: 1, now: Moment(nanoseconds: Int64(second) * 1_000_000_000))
        engine.ended(performance, timeline: Timeline())
        return performance.exchange.decision
    }

    private static func text(_ engine: Engine, _ request: Request) -> String {
        String(
            decoding: engine.respond(to: request, connection: 1, now: Moment(nanoseconds: 0)).script.bytes,
            as: UTF8.self)
    }

    @Test(
        "A request that is not a call gets the API's error",
        arguments: [
            (request(headers: [:]), 401, "You didn't provide an API key"),
            (request("{"), 400, "We could not parse the JSON body"),
            (request(path: "/v1/nope"), 404, "Invalid URL (POST /v1/nope)"),
            (request(method: "PUT"), 405, "Not allowed to PUT"),
            (
                request(headers: ["authorization": "Bearer x", "upgrade": "websocket"]), 400,
                "this path has no WebSocket"
            ),
            (request(#"{"model":"gpt-nope","messages":[]}"#), 404, "The model `gpt-nope` does not exist"),
            (request("", method: "OPTIONS"), 204, "access-control-allow-methods"),
        ])
    func errors(request: Request, status: Int, text: String) {
        let engine = Self.engine()
        #expect(Self.text(engine, request).contains(text))
        #expect(Self.respond(engine, request).status == status)
    }

    private static let zeroTokens =
        #"{"model":"gpt-4o-mini","max_tokens":0,"messages":[{"role":"user","content":"hi"}]}"#

    @Test(
        "The header sets the validation mode before the server option and the scenario",
        arguments: [
            (nil, nil, nil, 400), (nil, nil, .lenient, 200), (nil, .strict, .lenient, 400),
            (nil, .examples, nil, 200), ("lenient", .strict, nil, 200), ("strict", .lenient, .lenient, 400),
            ("loose", .lenient, .lenient, 400),
        ] as [(String?, Validation?, Validation?, Int)])
    func validation(header: String?, server: Validation?, scenario: Validation?, status: Int) {
        var play = Scenario(name: "s", otherwise: .auto)
        play.validation = scenario
        let engine = Engine(scenario: play, validation: server, wallClock: { 1_795_232_605 })
        var request = Self.request(Self.zeroTokens)
        request.headers["x-sparring-validation"] = header
        #expect(Self.respond(engine, request).status == status)
    }

    @Test(
        "An unknown model is found only in a session with examples",
        arguments: [("GET", "/v1/models/gpt-4o-mni"), ("DELETE", "/v1/models/ft:nobody:acme")])
    func unknownModels(method: String, path: String) {
        for (validation, status) in [(Validation.strict, 404), (.lenient, 404), (.examples, 200)] {
            let engine = Engine(scenario: .auto, validation: validation, wallClock: { 1_795_232_605 })
            #expect(Self.respond(engine, Self.request("", path: path, method: method)).status == status)
        }
    }

    @Test("The same seed gives the same bytes, and two exchanges have different ids")
    func deterministic() {
        #expect(Self.text(Self.engine(), Self.request()) == Self.text(Self.engine(), Self.request()))
        let engine = Self.engine()
        #expect(Self.text(engine, Self.request()) != Self.text(engine, Self.request()))
    }

    @Test(
        "A session is chosen by URL, header, model and key, in that order",
        arguments: [
            (
                request(
                    path: "/s/a/v1/chat/completions",
                    headers: ["authorization": "Bearer sk-sparring-d", "x-sparring-session": "b"]), "a"
            ),
            (request(headers: ["authorization": "Bearer sk-sparring-d", "x-sparring-session": "b"]), "b"),
            (
                request(
                    chat.replacing("4o-mini", with: "4o-mini@c"), headers: ["authorization": "Bearer sk-sparring-d"]),
                "c"
            ),
            (request(headers: ["authorization": "Bearer sk-sparring-d"]), "d"), (request(), "default"),
        ])
    func sessions(request: Request, name: String) {
        let performance = Self.engine().respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
        #expect(performance.exchange.session == name)
        #expect(performance.exchange.decision.status == 200)
    }

    @Test(
        "Steps answer in order, and `then` decides what follows the last",
        arguments: [
            (Rule.Then.fail, [429, 429, 200, 400]), (.last, [429, 429, 200, 200]), (.cycle, [429, 429, 200, 429]),
        ])
    func steps(then: Rule.Then, statuses: [Int]) {
        let steps = [
            Step(.error(ErrorAnswer(name: "rate_limit_exceeded")), times: .count(2)),
            Step(.text(Template(literal: "ok"))),
        ]
        let engine = Self.engine(Scenario(name: "s", rules: [Rule(steps: steps, then: then)]))
        #expect(statuses.indices.map { _ in Self.respond(engine, Self.request()).status } == statuses)
    }

    @Test("The error for a request without a matching rule names the nearest rule and the difference")
    func unmatched() throws {
        let rule = Rule(name: "weather", condition: .field(.lastUser, .contains("weather")), steps: [Step(.auto)])
        let engine = Self.engine(Scenario(name: "s", rules: [rule]))
        #expect(Self.text(engine, Self.request()).contains("x-should-retry: false"))
        let reason = try #require(Self.respond(engine, Self.request()).unmatched)
        #expect(reason.contains("rule 1 \"weather\"") && reason.contains("last.user") && reason.contains("hi"))
    }

    @Test(
        "The conditions nth and attempt match by their counters",
        arguments: [(Condition.nth(2...2), [400, 200, 400]), (.attempt(1...2), [200, 200, 400])])
    func counters(condition: Condition, statuses: [Int]) {
        let engine = Self.engine(
            Scenario(name: "s", rules: [Rule(condition: condition, steps: [Step(.auto)], then: .last)]))
        #expect(statuses.indices.map { _ in Self.respond(engine, Self.request()).status } == statuses)
    }

    @Test("A rate limit refuses until enough time has passed")
    func limits() {
        let engine = Self.engine(Scenario(name: "s", limits: .init(requestsPerMinute: 2), otherwise: .auto))
        #expect([0, 0, 0, 31].map { Self.respond(engine, Self.request(), at: $0).status } == [200, 200, 429, 200])
    }

    @Test("A session whose answers have cost the budget gets insufficient_quota, until it is reset")
    func budget() throws {
        var scenario = Scenario.auto
        scenario.budget = 0.000_02
        let engine = Self.engine(scenario)
        // One answer costs less than the budget, and several answers use the budget up.
        let statuses = (0..<20).map { _ in Self.respond(engine, Self.request()).status }
        let answered = statuses.prefix { $0 == 200 }.count
        #expect(answered > 1 && statuses.dropFirst(answered).allSatisfy { $0 == 429 } && answered < 20)
        let text = Self.text(engine, Self.request())
        #expect(text.contains("insufficient_quota") && !text.lowercased().contains("retry-after"))
        try #require(engine.sessions.existing("default")).restart()
        #expect(Self.respond(engine, Self.request()).status == 200)
    }

    @Test("`created` and limits follow the clock of their own session only")
    func clocks() throws {
        let engine = Self.engine(Scenario(name: "s", limits: .init(requestsPerMinute: 1), otherwise: .auto))
        #expect([0, 0].map { Self.respond(engine, Self.request(), at: $0).status } == [200, 429])
        let session = try #require(engine.sessions.existing("default"))
        session.adjust { _ = $0.clock.advance(by: .seconds(86_400), at: Moment(nanoseconds: 0)) }
        #expect(Self.text(engine, Self.request()).contains("\"created\": 1795319005"))
        #expect(Self.text(engine, Self.request(path: "/s/other/v1/chat/completions")).contains("1795232605"))
    }

    @Test("Pushed faults break the ordered number of calls and then stop")
    func pushedFaults() {
        let engine = Self.engine(Scenario(name: "s", rules: [Rule(steps: [Step(.auto)])]))
        let session = engine.sessions.session(named: "default", now: Moment(nanoseconds: 0))
        session.adjust { $0.push([Fault(at: .head, .ending(.reset))], calls: 2) }
        session.adjust { $0.push([Fault(at: .start, .action(.stall(.seconds(1))))], calls: 1) }
        #expect(Self.respond(engine, Self.request("", path: "/v1/models", method: "GET")).faults.isEmpty)
        let ordered = (0..<3).map { _ in Self.respond(engine, Self.request()).faults }
        #expect(ordered == [["at head: reset", "at start: stall 1s"], ["at head: reset"], []])
    }

    @Test("Model lists do not advance a scenario")
    func auxiliary() {
        let engine = Self.engine(Scenario(name: "s", rules: [Rule(steps: [Step(.auto)])]))
        #expect(Self.respond(engine, Self.request("", path: "/v1/models", method: "GET")).isAuxiliary)
        #expect(Self.respond(engine, Self.request()).status == 200)
        #expect(RunReport(engine).held)
    }

    @Test("A run with unused steps fails")
    func report() {
        let engine = Self.engine(Scenario(name: "s", rules: [Rule(steps: [Step(.auto, times: .count(2))])]))
        _ = Self.respond(engine, Self.request())
        let report = RunReport(engine)
        #expect(!report.held)
        #expect(report.leftOver == ["rule 1, step 1: answered 1 of 2 times"])
    }

    @Test("An exchange is logged with its answer, and gets its timeline when it ends")
    func logged() throws {
        let engine = Self.engine()
        let performance = engine.respond(to: Self.request(), connection: 1, now: Moment(nanoseconds: 5))
        let session = try #require(engine.sessions.existing("default"))
        #expect(session.exchanges.map(\.decision.status) == [200])
        #expect(session.exchanges.map(\.startedAt) == [Moment(nanoseconds: 5)])
        let end = Timeline(entries: [.init(at: Moment(nanoseconds: 7), .ended(.keepAlive))])
        engine.ended(performance, timeline: end)
        #expect(session.exchanges.map(\.timeline) == [end])
    }

    @Test("New sessions beyond the cap replace those that were idle longest")
    func eviction() {
        let engine = Self.engine(limits: .init(sessions: 10, exchangesPerSession: 2))
        for index in 0..<25 {
            _ = Self.respond(engine, Self.request(path: "/s/n\(index)/v1/chat/completions"), at: index)
        }
        #expect(engine.sessions.all.count <= 10)
        #expect(engine.sessions.existing("n24") != nil && engine.sessions.existing("n0") == nil)
    }
}

@Suite("Rate buckets")
struct RateBucketTests {
    @Test(
        "The reset time after one request is window / limit, as in recorded headers",
        arguments: [(10_000, 6), (5_000, 12), (3_000, 20), (500, 120), (30_000, 2)])
    func reset(limit: Int, milliseconds: Int) {
        var bucket = RateBucket(limit: limit, window: .seconds(60), now: Moment(nanoseconds: 0))
        bucket.charge(1, now: Moment(nanoseconds: 0))
        #expect(Int((bucket.reading.reset / .milliseconds(1)).rounded()) == milliseconds)
        #expect(bucket.reading.remaining == limit - 1)
    }
}
