import Testing

@testable import SparringEngine

@Suite("Histograms of durations")
struct HistogramTests {
    @Test("Percentiles are at most 6 % off, and maximum and mean are exact")
    func percentiles() {
        var histogram = Histogram()
        for milliseconds in 1...1000 { histogram.add(.milliseconds(milliseconds)) }
        for (share, exact) in [(0.5, 500.0), (0.9, 900.0), (0.99, 990.0), (0.001, 1.0)] {
            let value = (histogram.percentile(share) ?? .zero) / .milliseconds(1)
            #expect(abs(value - exact) <= exact * 0.0625, "the share \(share) is \(value), not \(exact)")
        }
        #expect(histogram.percentile(1) == .milliseconds(1000))
        #expect(histogram.mean == .microseconds(500_500))
        #expect(histogram.count == 1000)
    }

    @Test("A histogram of one duration returns it exactly", arguments: [0, 1, 900, 1_000_000, 3_600_000_000_000])
    func one(nanoseconds: Int64) {
        var histogram = Histogram()
        histogram.add(nanoseconds: nanoseconds)
        #expect(histogram.percentile(0.5) == .nanoseconds(nanoseconds))
        #expect(histogram.maximum == .nanoseconds(nanoseconds))
    }

    @Test("A histogram that is read from its JSON is the same, also an empty one")
    func json() {
        var histogram = Histogram()
        #expect(Histogram(histogram.json) == histogram)
        for milliseconds in [0, 1, 1, 50, 3_600_000] { histogram.add(.milliseconds(milliseconds)) }
        #expect(Histogram(histogram.json) == histogram)
        #expect(Histogram(nil) == Histogram())
    }

    @Test("An empty histogram has no percentile, and a negative duration counts as zero")
    func nothing() {
        var histogram = Histogram()
        #expect(histogram.percentile(0.5) == nil)
        #expect(histogram.mean == nil)
        histogram.add(.milliseconds(-3))
        #expect(histogram.maximum == .zero)
    }

    @Test(
        "Powers of two of a millisecond are exact bounds of a histogram",
        arguments: [(-4, 0), (0, 1), (1, 2), (2, 3), (10, 4)])
    func limits(times: Int, below: Int) {
        var histogram = Histogram()
        for nanoseconds: Int64 in [999_000, 1_999_000, 3_999_000, 1_000_000_000] {
            histogram.add(nanoseconds: nanoseconds)
        }
        #expect(histogram.count(belowMillisecondsDoubled: times) == below)
    }

    @Test("The sum of two histograms equals one histogram of all durations")
    func sums() {
        var (a, b, both) = (Histogram(), Histogram(), Histogram())
        for milliseconds in [3, 5, 800] {
            a.add(.milliseconds(milliseconds))
            both.add(.milliseconds(milliseconds))
        }
        for milliseconds in [1, 20_000] {
            b.add(.milliseconds(milliseconds))
            both.add(.milliseconds(milliseconds))
        }
        a.add(b)
        #expect(a == both)
    }
}
