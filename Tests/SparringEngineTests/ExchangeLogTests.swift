import SparringExchange
import SparringWire
import Testing

@testable import SparringEngine

@Suite("The log of a session")
struct ExchangeLogTests {
    private static func exchange(_ number: Int, connection: Int = 1) -> Exchange {
        Exchange(
            number: number, session: "s", connection: connection, request: Request(method: "GET", target: "/"),
            decision: Exchange.Decision(endpoint: nil, status: 200))
    }

    private static func moment(_ nanoseconds: Int64) -> Moment { Moment(nanoseconds: nanoseconds) }

    private static let ended = Timeline(entries: [.init(at: moment(9), .ended(.keepAlive))])

    private static func log(capacity: Int, _ numbers: [Int]) -> ExchangeLog {
        numbers.reduce(into: ExchangeLog(capacity: capacity)) {
            $0.begin(exchange($1), decidedAt: moment(Int64($1)))
        }
    }

    @Test(
        "The newest exchanges of the log are found without the older ones, also after old ones were dropped",
        arguments: [
            (0, []), (1, [6]), (3, [4, 5, 6]), (4, [3, 4, 5, 6]), (9, [3, 4, 5, 6]), (Int.max, [3, 4, 5, 6]),
        ])
    func latest(count: Int, numbers: [Int]) {
        let log = Self.log(capacity: 4, [1, 2, 3, 4, 5, 6])
        #expect(log.latest(count).map(\.number) == numbers)
        #expect(log.count == 6 && log.exchanges.map(\.number) == [3, 4, 5, 6])
        #expect(Self.log(capacity: 0, [1]).latest(1).isEmpty && Self.log(capacity: 4, []).latest(1).isEmpty)
    }

    @Test("An exchange is logged when it is decided, and gets its timeline when it ends")
    func beginsAndEnds() {
        var log = Self.log(capacity: 4, [1])
        #expect(log.ended.isEmpty)
        #expect(log.exchanges.map(\.timeline.entries) == [[.init(at: Self.moment(1), .decided)]])
        log.end(1, connection: Self.exchange(1).connection, timeline: Self.ended)
        #expect(log.exchanges.map(\.timeline) == [Self.ended])
        #expect(log.ended.map(\.number) == [1])
    }

    @Test(
        "Exchanges are logged by number in any order of decision, and the oldest are dropped",
        arguments: [
            (4, [1, 2, 3], [1, 2, 3], 0), (4, [2, 1, 4, 3], [1, 2, 3, 4], 0), (2, [1, 2, 3], [2, 3], 1),
            (2, [1, 2, 4, 3], [3, 4], 2), (2, [1, 3, 4, 2], [3, 4], 2), (3, [1, 2, 3, 4, 5, 6, 7], [5, 6, 7], 4),
            (0, [1, 2], [], 2),
        ])
    func order(capacity: Int, numbers: [Int], kept: [Int], dropped: Int) {
        let log = Self.log(capacity: capacity, numbers)
        #expect(log.exchanges.map(\.number) == kept)
        #expect(log.dropped == dropped)
    }

    @Test("An end that matches no exchange leaves the log unchanged", arguments: [(1, 1), (3, 2), (7, 1)])
    func strangers(number: Int, connection: Int) {
        var log = Self.log(capacity: 2, [1, 2, 3])
        log.end(number, connection: connection, timeline: Self.ended)
        #expect(log.exchanges.allSatisfy { $0.timeline != Self.ended })
    }
}
