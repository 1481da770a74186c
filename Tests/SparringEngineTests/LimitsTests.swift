import SparringAPI
import SparringExchange
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Rate limits")
struct LimitsTests {
    private static func moment(_ seconds: Double) -> Moment { Moment(nanoseconds: Int64(seconds * 1e9)) }

    private static func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }

    @Test(
        "A client that waits for the time in the headers is never refused",
        arguments: [
            Scenario.Rates(requestsPerMinute: 60), Scenario.Rates(requestsPerMinute: 1),
            Scenario.Rates(requestsPerMinute: 500, requestsPerDay: 2000), Scenario.Rates(tokensPerMinute: 1000),
            Scenario.Rates(requestsPerMinute: 7, requestsPerDay: 10_000, tokensPerMinute: 333),
        ])
    func obedient(rates: Scenario.Rates) {
        var account = RateLimiter(limits: Scenario.Limits(rates))
        var (now, refusals) = (0.0, 0)
        for index in 0..<10_000 {
            let tokens = 1 + index * 7 % 150
            let (reading, refusal) = account.charge(family: "m", tokens: tokens, now: Self.moment(now))
            if refusal != nil { refusals += 1 }
            now += 0.001
            // The time in the printed form: truncated to milliseconds.
            if reading.requests.remaining == 0 {
                now += (Self.seconds(reading.requests.reset) * 1000).rounded(.down) / 1000
            }
            if reading.tokens.remaining < 150 {
                now += (Self.seconds(reading.tokens.reset) * 1000).rounded(.down) / 1000
            }
        }
        #expect(refusals == 0)
    }

    @Test(
        "A client that ignores a limit gets answers at the limit's rate, and the wait in each refusal",
        arguments: [(60, 600.0), (3, 600.0), (500, 60.0)])
    func heedless(limit: Int, duration: Double) {
        var account = RateLimiter(limits: Scenario.Limits(requestsPerMinute: limit))
        var (passed, wrong) = (0, 0)
        let step = 0.05
        for index in 0..<Int(duration / step) {
            let (reading, refusal) = account.charge(family: "m", tokens: 1, now: Self.moment(Double(index) * step))
            guard let refusal else {
                passed += 1
                continue
            }
            let told = RateLimiter.Refusal(
                .requestsPerMinute, limit: limit, requested: 1,
                excess: .init(used: limit, wait: .seconds(60) * (1 / Double(limit))))
            if refusal != told || reading.requests.remaining != 0 { wrong += 1 }
        }
        #expect(wrong == 0)
        // The bucket fills once, and drains continuously.
        #expect(passed == limit + Int(Double(limit) * (duration - step) / 60))
    }

    @Test("The wait of a refusal is exact to the millisecond")
    func exactWait() throws {
        var account = RateLimiter(limits: Scenario.Limits(tokensPerMinute: 30_000))
        #expect(account.charge(family: "m", tokens: 29_937, now: Self.moment(0)).refusal == nil)
        let refusal = try #require(account.charge(family: "m", tokens: 385, now: Self.moment(0)).refusal)
        let wait = try #require(refusal.excess?.wait)
        #expect(wait == .milliseconds(644))
        #expect(account.charge(family: "m", tokens: 385, now: Self.moment(0.643)).refusal != nil)
        #expect(account.charge(family: "m", tokens: 385, now: Self.moment(0.644)).refusal == nil)
    }

    @Test("The refusal of a request for more tokens than a minute allows has no wait")
    func tooLarge() {
        var account = RateLimiter(limits: Scenario.Limits(tokensPerMinute: 30_000))
        let refusal = account.charge(family: "m", tokens: 31_538, now: Self.moment(0)).refusal
        #expect(refusal == RateLimiter.Refusal(.tokensPerMinute, limit: 30_000, requested: 31_538, excess: nil))
    }

    @Test("Headers report the daily limit when it is stricter, until the minute is used up")
    func telling() {
        let rates = Scenario.Rates(requestsPerMinute: 500, requestsPerDay: 10_000)
        var account = RateLimiter(limits: Scenario.Limits(rates))
        let first = account.charge(family: "gpt-4o-mini", tokens: 10, now: Self.moment(0)).reading
        #expect(first.requests.limit == 10_000 && first.requests.remaining == 9_999)
        #expect(first.requests.reset == .milliseconds(8640))
        var last = first
        for _ in 1..<500 { last = account.charge(family: "gpt-4o-mini", tokens: 10, now: Self.moment(0)).reading }
        #expect(last.requests.limit == 500 && last.requests.remaining == 0 && last.requests.reset == .seconds(60))
    }

    @Test("Model families share rate buckets only if the scenario orders it")
    func sharing() {
        let limits = Scenario.Limits(
            Scenario.Rates(requestsPerMinute: 2), models: ["a": Scenario.Rates(requestsPerMinute: 1)],
            sharing: ["b": "a"])
        var account = RateLimiter(limits: limits)
        let refused = ["a", "b", "c", "c", "c"].map {
            account.charge(family: $0, tokens: 1, now: Self.moment(0)).refusal?.limit
        }
        #expect(refused == [nil, 1, nil, nil, 2])
    }

    @Test("A call counts for its organization, project and key, or for none of them if one refuses it")
    func holders() {
        let accounts = Scenario.Accounts(
            keys: ["k": .init(), "l": .init(limits: Scenario.Limits(requestsPerMinute: 1))],
            projects: ["p": .init(limits: Scenario.Limits(requestsPerMinute: 2))])
        var account = RateLimiter(limits: Scenario.Limits(requestsPerMinute: 4), accounts: accounts)
        func caller(_ key: String, _ project: String) -> Caller {
            var caller = Caller()
            (caller.key, caller.project) = (key, project)
            return caller
        }
        let calls = [("l", "q"), ("l", "q"), ("k", "p"), ("k", "p"), ("k", "p"), ("k", "q"), ("k", "q")]
        let refusals = calls.map {
            account.charge(family: "m", tokens: 1, caller: caller($0, $1), now: Self.moment(0)).refusal
        }
        #expect(refusals.map { $0?.limit } == [nil, 1, nil, nil, 2, nil, 4])
        #expect(refusals.map { $0?.isProjects ?? false } == [false, false, false, false, true, false, false])
    }

    @Test("Each organization has its own rate buckets, whether the scenario names it or not")
    func organizations() {
        var account = RateLimiter(limits: Scenario.Limits(requestsPerMinute: 1))
        var other = Caller()
        other.organization = "org-other"
        let refused = [Caller(), other, Caller(), other].map {
            account.charge(family: "m", tokens: 1, caller: $0, now: Self.moment(0)).refusal != nil
        }
        #expect(refused == [false, false, true, true])
    }

    @Test("Rate buckets that have drained are removed, so that at most 1,024 are kept")
    func bounded() {
        var ledger = LimitBuckets(limits: nil, reportsUsual: true)
        for index in 0..<5_000 {
            let now = Self.moment(Double(index))
            ledger.withBuckets(of: "m\(index)", now: now) { $0.charge(LimitCost(tokens: 10), now: now) }
        }
        #expect(ledger.count <= 1024)
    }
}
