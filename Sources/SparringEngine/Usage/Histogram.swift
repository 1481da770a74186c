import SparringJSON

/// Counts durations by size, to compute percentiles without storing each duration. There are eight bins for each
/// doubling: a percentile is off by at most 6 %; the extremes and the mean are exact.
package struct Histogram: Sendable, Hashable {
    package private(set) var count = 0
    /// Nanoseconds.
    package private(set) var sum: Int64 = 0
    package private(set) var least: Int64 = 0
    package private(set) var most: Int64 = 0
    /// Counts by bin. The array is only as long as the greatest duration needs.
    private var steps: [UInt32] = []

    /// A unit of 1/1024 of a millisecond, so that milliseconds and their doublings are the bounds of bins.
    private static let unit = 1_000_000.0 / 1024
    private static let stepsInDoubling = 8
    private static let bits = 3

    package init() {}

    /// Adds a duration. A negative duration counts as 0.
    package mutating func add(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        add(nanoseconds: max(0, seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
    }

    mutating func add(nanoseconds value: Int64) {
        let step = Self.step(of: value)
        while steps.count <= step { steps.append(0) }
        steps[step] &+= 1
        least = count == 0 ? value : min(least, value)
        most = max(most, value)
        sum += value
        count += 1
    }

    package mutating func add(_ other: Histogram) {
        guard other.count > 0 else { return }
        while steps.count < other.steps.count { steps.append(0) }
        for (index, value) in other.steps.enumerated() { steps[index] &+= value }
        least = count == 0 ? other.least : min(least, other.least)
        most = max(most, other.most)
        sum += other.sum
        count += other.count
    }

    /// The duration that the given share of all durations does not exceed; nil if the histogram is empty.
    package func percentile(_ share: Double) -> Duration? {
        guard count > 0 else { return nil }
        guard share < 1 else { return .nanoseconds(most) }
        let wanted = max(1, Int((share * Double(count)).rounded(.up)))
        var seen = 0
        for (index, value) in steps.enumerated() {
            seen += Int(value)
            guard seen >= wanted else { continue }
            let middle = (Self.start(of: index) + Self.start(of: index + 1)) / 2 * Self.unit
            return .nanoseconds(min(max(Int64(middle), least), most))
        }
        return .nanoseconds(most)
    }

    // MARK: As JSON

    /// The extremes, the sum, and each bin that is not empty with its count.
    var json: JSONValue {
        let bins = steps.enumerated().filter { $0.element > 0 }.flatMap {
            [JSONValue.int($0.offset), .int(Int($0.element))]
        }
        return [.int(Int(sum)), .int(Int(least)), .int(Int(most)), .array(bins)]
    }

    /// Reads `json`; for nil, the histogram is empty.
    init(_ json: JSONValue?) {
        guard let bins = json?[3]?.array, let sum = json?[0]?.int, let least = json?[1]?.int, let most = json?[2]?.int
        else { return }
        (self.sum, self.least, self.most) = (Int64(sum), Int64(least), Int64(most))
        for index in stride(from: 0, to: bins.count - 1, by: 2) {
            // Even the longest possible duration belongs to a bin below 512.
            guard let bin = bins[index].int, let value = bins[index + 1].int, (0..<512).contains(bin), value > 0
            else { continue }
            while steps.count <= bin { steps.append(0) }
            steps[bin] &+= UInt32(truncatingIfNeeded: value)
            count += value
        }
    }

    package var mean: Duration? { count > 0 ? .nanoseconds(sum / Int64(count)) : nil }
    package var maximum: Duration? { count > 0 ? .nanoseconds(most) : nil }

    /// Number of durations below 2^`times` milliseconds.
    package func count(belowMillisecondsDoubled times: Int) -> Int {
        let limit = Self.step(ofUnits: 1 << (10 + times))
        return steps.prefix(limit).reduce(0) { $0 + Int($1) }
    }

    private static func step(of nanoseconds: Int64) -> Int { step(ofUnits: Int(Double(nanoseconds) / unit)) }

    /// The bin of a value. Each of the first eight units has its own bin; after that, there are eight bins for each
    /// doubling.
    private static func step(ofUnits units: Int) -> Int {
        guard units >= stepsInDoubling else { return units }
        let exponent = Int.bitWidth - 1 - units.leadingZeroBitCount
        return (exponent - bits) * stepsInDoubling + (units >> (exponent - bits))
    }

    /// The lower bound of a bin, in units.
    private static func start(of step: Int) -> Double {
        guard step >= stepsInDoubling else { return Double(step) }
        let exponent = step / stepsInDoubling - 1
        return Double(stepsInDoubling + step % stepsInDoubling) * Double(1 << exponent)
    }
}
