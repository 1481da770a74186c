/// A distribution of measurements: how many of them have which size.
package struct MetricDistribution: Sendable, Hashable {
    /// The upper bounds of all buckets but the last, in ascending order.
    package private(set) var bounds: [Double]
    /// The number of measurements in each bucket; there is one bucket more than there are bounds.
    package private(set) var counts: [Int]
    package private(set) var sum: Double

    package var count: Int { counts.reduce(0, +) }

    /// Makes an empty distribution.
    package init(bounds: [Double]) {
        self.init(bounds: bounds, counts: Array(repeating: 0, count: bounds.count + 1), sum: 0)
    }

    /// - Parameter counts: the counts of the buckets, one more than there are bounds.
    package init(bounds: [Double], counts: [Int], sum: Double) {
        precondition(counts.count == bounds.count + 1, "a distribution needs a count for each bucket")
        (self.bounds, self.counts, self.sum) = (bounds, counts, sum)
    }

    /// Adds a measurement. The measurement belongs to the first bucket whose bound is not less than the measurement.
    package mutating func add(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }
}
