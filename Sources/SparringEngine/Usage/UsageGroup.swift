/// The totals of one kind of calls, as a whole and by interval of time.
///
/// A call is added to the newest interval only. When an interval is over, it is added to the sum of all earlier ones, so each call is added
/// to one total only, and the total of all intervals is the sum of two lines.
struct UsageGroup: Sendable {
    /// The totals of one interval.
    struct Interval: Sendable {
        /// Counted from 1970, in units of the ledger's width.
        var number: Int
        var line: UsageStatistics.Line
    }

    /// The intervals that are over and in which there were calls, oldest first.
    private(set) var past: [Interval] = []
    /// The sum of `past`; nil if it is empty.
    private var sum: UsageStatistics.Line?
    /// The newest interval.
    private(set) var number: Int
    /// The totals of the newest interval.
    var line: UsageStatistics.Line

    init(_ line: UsageStatistics.Line, number: Int) {
        self.line = line
        self.number = number
    }

    var key: UsageStatistics.Key { line.key }

    /// The totals of all intervals.
    var total: UsageStatistics.Line {
        guard var total = sum else { return line }
        total.add(line)
        return total
    }

    var intervals: [Interval] { past + [Interval(number: number, line: line)] }

    /// Begins a new interval if the number is greater than the newest one's. Calls of connections that end at the same time can arrive in
    /// any order; a late call is counted in the newest interval.
    ///
    /// - Returns: whether an interval has ended.
    mutating func turn(to number: Int) -> Bool {
        guard number > self.number else { return false }
        sum = total
        past.append(Interval(number: self.number, line: line))
        line = UsageStatistics.Line(key: line.key, price: line.price)
        self.number = number
        return true
    }

    /// Makes each interval longer, and joins old intervals that are in the same new one.
    ///
    /// - Parameter factor: how many of the old intervals a new one covers.
    mutating func coarsen(by factor: Int) {
        var joined: [Interval] = []
        for interval in past {
            let number = interval.number / factor
            if joined.last?.number == number {
                joined[joined.count - 1].line.add(interval.line)
            } else {
                joined.append(Interval(number: number, line: interval.line))
            }
        }
        past = joined
        number /= factor
    }
}
