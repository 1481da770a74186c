/// The result of one caller's call in a load run.
package struct CallerResult: Sendable, Hashable {
    /// The number of requests on the wire.
    package var attempts: Int
    /// The times between the end of an answer and the next request, in order.
    package var gaps: [Duration]
    /// Whether the client reports success.
    package var isAnswered: Bool
    /// The time from the first byte of the first request to the end of the last exchange.
    package var latency: Duration
    /// The tokens of all answers. `wastedTokens` are the tokens of all answers except the final one.
    package var tokens: Int
    package var wastedTokens: Int

    package init(
        attempts: Int, gaps: [Duration], isAnswered: Bool, latency: Duration, tokens: Int = 0, wastedTokens: Int = 0
    ) {
        self.attempts = attempts
        self.gaps = gaps
        self.isAnswered = isAnswered
        self.latency = latency
        self.tokens = tokens
        self.wastedTokens = wastedTokens
    }
}

/// Statistics of many callers with the same script. The statistics show how clients behave together. Pure.
package struct CallerStatistics: Sendable, Hashable {
    package var callers: [CallerResult]

    package init(_ callers: [CallerResult]) { self.callers = callers }

    /// The distribution of durations, by percentiles.
    package struct Spread: Sendable, Hashable {
        package var shortest: Duration
        package var low: Duration
        package var median: Duration
        package var high: Duration
        package var longest: Duration

        /// Nil for an empty list. `low` and `high` are the 10th and the 90th percentile.
        package init?(_ values: [Duration]) {
            let sorted = values.sorted()
            guard let first = sorted.first, let last = sorted.last else { return nil }
            shortest = first
            low = CallerStatistics.percentile(0.1, of: sorted)
            median = CallerStatistics.percentile(0.5, of: sorted)
            high = CallerStatistics.percentile(0.9, of: sorted)
            longest = last
        }

        /// The distance between the 10th and the 90th percentile, divided by the median. 0 if all callers wait for the
        /// same time.
        package var width: Double { median > .zero ? (high - low) / median : 0 }
    }

    /// The percentile by nearest rank: always a measured value, never an interpolation.
    static func percentile(_ share: Double, of sorted: [Duration]) -> Duration {
        guard !sorted.isEmpty else { return .zero }
        let rank = (share * Double(sorted.count)).rounded(.up)
        return sorted[min(sorted.count, max(1, Int(rank))) - 1]
    }

    package func latency(_ share: Double) -> Duration { Self.percentile(share, of: callers.map(\.latency).sorted()) }

    /// The mean number of requests for each call.
    package var amplification: Double {
        callers.isEmpty ? 0 : Double(callers.map(\.attempts).reduce(0, +)) / Double(callers.count)
    }

    package var answered: Double {
        callers.isEmpty ? 0 : Double(callers.count { $0.isAnswered }) / Double(callers.count)
    }

    /// The share of all tokens that was wasted; nil if there were no tokens.
    package var waste: Double? {
        let all = callers.map(\.tokens).reduce(0, +)
        return all == 0 ? nil : Double(callers.map(\.wastedTokens).reduce(0, +)) / Double(all)
    }

    /// The distributions of the waits before the second attempt, before the third, and so on. The list ends when less than half of the
    /// callers have such a wait.
    package var waits: [Spread] {
        var waits: [Spread] = []
        while let spread = Spread(callers.compactMap { $0.gaps.count > waits.count ? $0.gaps[waits.count] : nil }),
            callers.count(where: { $0.gaps.count > waits.count }) * 2 >= callers.count
        {
            waits.append(spread)
        }
        return waits
    }

    /// The ratio of each median wait to the previous median wait; empty if there is only one wait.
    package var growth: [Double] {
        zip(waits, waits.dropFirst()).map { $0.median > .zero ? $1.median / $0.median : 0 }
    }

    /// The largest share of callers that return within a period of a twentieth of the median wait, after they failed at the same moment. 1
    /// means that all return together; 0.05 means waits that are spread evenly over a range as wide as their median. Nil if no caller
    /// returns.
    package var herdIndex: Double? {
        let waits = callers.compactMap(\.gaps.first).sorted()
        guard let spread = Spread(waits) else { return nil }
        let window = spread.median / 20
        var (most, start) = (0, 0)
        for (end, wait) in waits.enumerated() {
            while wait - waits[start] > window { start += 1 }
            most = max(most, end - start + 1)
        }
        return Double(most) / Double(waits.count)
    }
}
