import SparringAPI
import SparringExchange
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("The clock of a session")
struct SessionClockTests {
    private static func moment(_ seconds: Double) -> Moment { Moment(nanoseconds: Int64(seconds * 1e9)) }

    @Test("A session's clock is the real clock until it is changed")
    func real() {
        #expect(SessionClock().time(at: Self.moment(5)) == Self.moment(5))
        #expect(SessionClock().unixTime(100, at: Self.moment(5)) == 100)
    }

    @Test("A session's clock moves ahead, runs at its new scale and never goes back")
    func moved() {
        var clock = SessionClock()
        let isMoved = clock.advance(by: .seconds(86_400), at: Self.moment(10))
        #expect(isMoved)
        #expect(clock.time(at: Self.moment(11)) == Self.moment(86_411))
        clock.setScale(0.01, at: Self.moment(20))
        #expect(clock.time(at: Self.moment(20)) == Self.moment(86_420))
        #expect(clock.time(at: Self.moment(21)) == Self.moment(86_520))
        clock.setScale(1, at: Self.moment(21))
        #expect(clock.time(at: Self.moment(22)) == Self.moment(86_521))
        #expect(clock.unixTime(1_000, at: Self.moment(22)) == 1_000 + 86_499)
    }

    @Test("A session's clock rejects a move beyond the last date, and stops at its largest value")
    func bounded() {
        var clock = SessionClock()
        let moves = [SessionClock.furthest, .seconds(1)].map { clock.advance(by: $0, at: Self.moment(0)) }
        #expect(moves == [true, false])
        clock.setScale(0.0001, at: Self.moment(0))
        #expect(clock.time(at: Moment(nanoseconds: .max)) == Moment(nanoseconds: .max))
    }

    @Test("Rate limits follow the session's clock, and waits are reported in real time")
    func account() {
        var clock = SessionClock()
        clock.setScale(0.1, at: Self.moment(0))
        var account = RateLimiter(limits: Scenario.Limits(requestsPerMinute: 1))
        let first = account.charge(family: "m", tokens: 1, clock: clock, now: Self.moment(0))
        #expect(first.refusal == nil)
        #expect(first.reading.requests.reset == .seconds(6))
        let second = account.charge(family: "m", tokens: 1, clock: clock, now: Self.moment(3))
        #expect(second.refusal?.excess == .init(used: 1, wait: .seconds(6)))
        let third = account.charge(family: "m", tokens: 1, clock: clock, now: Self.moment(6))
        #expect(third.refusal == nil)
    }

    @Test(
        "A scripted retry-after is scaled, with milliseconds when seconds are too coarse",
        arguments: [(1.0, "7", String?.none), (2.0, "14", nil), (0.1, "1", "700"), (0.2, "2", "1400")])
    func authored(scale: Double, seconds: String, milliseconds: String?) {
        var error = ErrorAnswer(name: "rate_limit_exceeded")
        error.retryAfter = .seconds(.seconds(7))
        let headers = error.scaled(by: scale).retryHeaders(unixTime: 0)
        #expect(headers["retry-after"] == seconds)
        #expect(headers["retry-after-ms"] == milliseconds)
    }
}
