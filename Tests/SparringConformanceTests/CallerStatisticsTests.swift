import SparringScenario
import Testing

@testable import SparringConformance

@Suite("Statistics of callers")
struct CallerStatisticsTests {
    private static func crowd(_ gaps: [[Int]]) -> CallerStatistics {
        CallerStatistics(
            gaps.map { gaps in
                CallerResult(
                    attempts: gaps.count + 1, gaps: gaps.map { .milliseconds($0) }, isAnswered: false,
                    latency: .milliseconds(gaps.reduce(0, +)))
            })
    }

    @Test(
        "The herd index is 1 for callers that return together and small for spread callers",
        arguments: [
            (Array(repeating: 1000, count: 100), 1.0), ((0..<100).map { 500 + 10 * $0 }, 0.05),
            ((0..<100).map { 1000 + $0 }, 0.52), ([], nil),
        ] as [([Int], Double?)])
    func herd(waits: [Int], index: Double?) {
        let found = Self.crowd(waits.map { [$0] }).herdIndex
        #expect((found == nil) == (index == nil))
        if let found, let index { #expect(abs(found - index) < 0.011, "\(found)") }
    }

    @Test("The growth of waits compares the medians of waits that at least half of the callers have")
    func growth() {
        let crowd = Self.crowd([[100, 200, 400], [110, 210], [120, 260]])
        #expect(crowd.waits.map(\.median) == [.milliseconds(110), .milliseconds(210)])
        #expect(crowd.growth.count == 1)
        #expect(abs(crowd.growth[0] - 1.909) < 0.001)
        #expect(crowd.waits[0].shortest == .milliseconds(100))
    }

    @Test("The amplification, the waste and the latency of a load run are computed from its callers")
    func sums() {
        var crowd = Self.crowd((1...100).map { [$0] })
        for place in crowd.callers.indices {
            crowd.callers[place].tokens = 10
            crowd.callers[place].wastedTokens = place < 50 ? 5 : 0
            crowd.callers[place].isAnswered = place < 75
        }
        #expect(crowd.amplification == 2)
        #expect(crowd.waste == 0.25)
        #expect(crowd.answered == 0.75)
        #expect(crowd.latency(0.5) == .milliseconds(50))
        #expect(crowd.latency(0.99) == .milliseconds(99))
        #expect(CallerStatistics([]).waste == nil)
        #expect(CallerStatistics([]).latency(0.99) == .zero)
    }

    @Test("A spread of waits reaches from the tenth to the ninetieth percentile")
    func width() throws {
        let spread = try #require(CallerStatistics.Spread((1...100).map { .milliseconds($0) }))
        #expect(spread.low == .milliseconds(10) && spread.high == .milliseconds(90))
        #expect(abs(spread.width - 1.6) < 0.001)
        #expect(CallerStatistics.Spread([]) == nil)
    }
}
