import SparringAPI
import SparringExchange
import SparringWire
import Testing

@testable import SparringEngine

@Suite("The usage ledger by time")
struct UsageIntervalTests {
    /// 2026-11-30, 22:00:00.
    private static let start = 1_796_076_000

    private static func exchange(endingAt second: Int, session: String = "a", status: Int = 200) -> Exchange {
        var decision = Exchange.Decision(endpoint: "chat.completions", model: "gpt-4o", status: status)
        decision.usage = status == 200 ? Usage(input: 100, output: 10) : nil
        let end = Moment(nanoseconds: Int64(second) * 1_000_000_000)
        let timeline = Timeline(entries: [
            .init(at: Moment(nanoseconds: max(0, end.nanoseconds - 5_000_000)), .requestStart),
            .init(at: end, .ended(.keepAlive)),
        ])
        return Exchange(
            number: 1, session: session, connection: 1,
            request: Request(method: "POST", target: "/v1/chat/completions", body: Array("\(second)".utf8)),
            decision: decision, timeline: timeline)
    }

    private static func ledger(endingAt seconds: [Int]) -> UsageStatistics {
        let ledger = UsageStatistics(epoch: Int64(start) * 1_000_000_000)
        for second in seconds { ledger.receive(exchange(endingAt: second)) }
        return ledger
    }

    private static func report(
        _ ledger: UsageStatistics, by dimensions: [UsageReport.Dimension] = [.time], every: UsageWidth? = nil
    ) -> UsageReport {
        UsageReport(ledger.reading(withIntervals: true), by: dimensions, every: every)
    }

    /// The calls of each interval, by its distance from the start.
    private static func counts(_ report: UsageReport) -> [Int: Int] {
        report.rows.reduce(into: [:]) { counts, row in
            counts[(row.values[0].flatMap { Int($0) } ?? 0) - start] = row.line.requests
        }
    }

    @Test(
        "A call counts in the interval in which its answer ended",
        arguments: [
            (nil, [0: 2, 1: 1, 4: 1, 61: 1]), (.fiveSeconds, [0: 4, 60: 1]), (.minute, [0: 4, 60: 1]),
            (.day, [-79_200: 5]),
        ] as [(UsageWidth?, [Int: Int])])
    func intervals(every: UsageWidth?, expected: [Int: Int]) {
        let report = Self.report(Self.ledger(endingAt: [0, 0, 1, 4, 61]), every: every)
        #expect(Self.counts(report) == expected)
        #expect(report.width == every ?? .second)
        #expect(report.total.line.requests == 5 && report.total.line.usage == Usage(input: 500, output: 50))
    }

    @Test("The whole is the sum of all intervals, with tokens, dollars, statuses and times")
    func whole() throws {
        let ledger = Self.ledger(endingAt: [0, 1, 2])
        ledger.receive(Self.exchange(endingAt: 3, status: 429))
        let line = try #require(ledger.reading.lines.first)
        #expect(ledger.reading.lines.count == 1 && ledger.reading.intervals.isEmpty)
        #expect(line.requests == 4 && line.usage == Usage(input: 300, output: 30) && line.total.count == 4)
        #expect(line.statuses.map(\.status) == [200, 429] && line.statuses.map(\.count) == [3, 1])
        let byTime = Self.report(ledger).rows
        #expect(byTime.map(\.line.cost).reduce(0, +) == line.cost)
        #expect(byTime.map(\.errors) == [0, 0, 0, 1])
    }

    @Test("Other dimensions divide an interval")
    func dimensions() {
        let ledger = Self.ledger(endingAt: [0, 0])
        ledger.receive(Self.exchange(endingAt: 0, session: "b"))
        let report = Self.report(ledger, by: [.session, .time])
        #expect(report.rows.map(\.values) == [["a", String(Self.start)], ["b", String(Self.start)]])
        #expect(report.rows.map(\.line.requests) == [2, 1])
    }

    @Test("A call that arrives late counts in the newest interval of its group")
    func late() { #expect(Self.counts(Self.report(Self.ledger(endingAt: [0, 7, 3]))) == [0: 1, 7: 2]) }

    @Test("Lines of batches count in the interval in which they were committed")
    func batches() {
        let ledger = UsageStatistics()
        let line = AnsweredLine(
            session: "a", endpoint: .chatCompletions, model: "gpt-4o", key: nil, tags: [], status: 200, faults: 0,
            usage: nil)
        ledger.receive([line, line], at: Self.start)
        ledger.receive([line], at: Self.start + 9)
        #expect(Self.counts(Self.report(ledger)) == [0: 2, 9: 1])
    }

    @Test("Beyond 5,000 intervals all of them become longer, and no call is lost")
    func bounded() {
        let ledger = Self.ledger(endingAt: Array(0..<5_002))
        let report = Self.report(ledger)
        #expect(report.width == .fiveSeconds)
        #expect(report.total.line.requests == 5_002)
        #expect(Self.counts(report)[0] == 5 && Self.counts(report).count == 1_001)
        #expect(Self.report(ledger, every: .second).width == .fiveSeconds)
        #expect(ledger.reading.lines.map(\.requests) == [5_002])
    }

    @Test("Intervals that cannot be joined, because each session has one, do not become longer again and again")
    func manySessions() {
        let ledger = UsageStatistics(epoch: Int64(Self.start) * 1_000_000_000)
        for number in 0..<6_000 {
            for second in [number, number + 1] {
                ledger.receive(Self.exchange(endingAt: second, session: "s\(number)"))
            }
        }
        let report = Self.report(ledger)
        #expect(report.width == .fiveSeconds)
        #expect(report.total.line.requests == 12_000)
        #expect(report.rows.map(\.line.requests).reduce(0, +) == 12_000)
    }

    @Test("A reset session leaves the intervals, too")
    func forgets() {
        let ledger = Self.ledger(endingAt: [0, 1])
        ledger.receive(Self.exchange(endingAt: 1, session: "b"))
        ledger.forget("a")
        #expect(Self.counts(Self.report(ledger)) == [1: 1])
    }

    @Test("Every length of an interval has a name, and is a multiple of the one before it")
    func widths() {
        #expect(UsageWidth.allCases.map(\.name) == ["1s", "5s", "15s", "1m", "5m", "15m", "1h", "6h", "1d"])
        for width in UsageWidth.allCases {
            #expect(UsageWidth(width.name) == width)
            #expect((width.longer?.seconds ?? width.seconds) % width.seconds == 0)
        }
        #expect(UsageWidth("2s") == nil && UsageWidth("60s") == nil)
    }
}
