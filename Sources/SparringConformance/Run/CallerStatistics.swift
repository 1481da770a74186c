/// What one caller of a crowd went through in one call.
package struct CallerResult: Sendable, Hashable {
    /// Requests on the wire.
    package var attempts: Int
    /// Between the end of an answer and the next request, in order.
    package var gaps: [Duration]
    /// Whether the call succeeded, as the client sees it.
    package var isAnswered: Bool
    /// From the first byte of the first request until the last exchange had ended.
    package var latency: Duration
    /// Tokens of all answers, and of those whose work was thrown away.
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

/// Many callers that met the same: what is true of a client only in the crowd. Pure.
package struct CallerStatistics: Sendable, Hashable {
    package var callers: [CallerResult]

    package init(_ callers: [CallerResult]) { self.callers = callers }

    /// Durations by rank: a share of them is no longer than the one at it.
    package struct Spread: Sendable, Hashable {
        package var shortest: Duration
        package var low: Duration
        package var median: Duration
        package var high: Duration
        package var longest: Duration

        /// Nil of nothing. `low` and `high` are the 10th and the 90th percentile.
        package init?(_ values: [Duration]) {
            let sorted = values.sorted()
            guard let first = sorted.first, let last = sorted.last else { return nil }
            shortest = first
            low = CallerStatistics.percentile(0.1, of: sorted)
            median = CallerStatistics.percentile(0.5, of: sorted)
            high = CallerStatistics.percentile(0.9, of: sorted)
            longest = last
        }

        /// The distance between the 10th and the 90th percentile, as a part of the median: callers that wait alike have none.
        package var width: Double { median > .zero ? (high - low) / median : 0 }
    }

    /// The nearest rank: a value that was measured, never one between two.
    static func percentile(_ share: Double, of sorted: [Duration]) -> Duration {
        guard !sorted.isEmpty else { return .zero }
        let rank = (share * Double(sorted.count)).rounded(.up)
        return sorted[min(sorted.count, max(1, Int(rank))) - 1]
    }

    package func latency(_ share: Double) -> Duration { Self.percentile(share, of: callers.map(\.latency).sorted()) }

    /// Requests on the wire for each call of the user.
    package var amplification: Double {
        callers.isEmpty ? 0 : Double(callers.map(\.attempts).reduce(0, +)) / Double(callers.count)
    }

    package var answered: Double {
        callers.isEmpty ? 0 : Double(callers.count { $0.isAnswered }) / Double(callers.count)
    }

    /// The part of all tokens whose work was thrown away; nil where there were none.
    package var waste: Double? {
        let all = callers.map(\.tokens).reduce(0, +)
        return all == 0 ? nil : Double(callers.map(\.wastedTokens).reduce(0, +)) / Double(all)
    }

    /// Waits by their place: before the second attempt, before the third, as long as half of the callers have one.
    package var waits: [Spread] {
        var waits: [Spread] = []
        while let spread = Spread(callers.compactMap { $0.gaps.count > waits.count ? $0.gaps[waits.count] : nil }),
            callers.count(where: { $0.gaps.count > waits.count }) * 2 >= callers.count
        {
            waits.append(spread)
        }
        return waits
    }

    /// How much longer each wait is than the one before, at the median; nil where there is but one.
    package var growth: [Double] {
        zip(waits, waits.dropFirst()).map { $0.median > .zero ? $1.median / $0.median : 0 }
    }

    /// Of callers that failed at the same moment, the largest share that comes back within a twentieth of the median wait: 1 is a
    /// herd, a twentieth is as good as it gets where waits are spread over twice their median. Nil where nobody comes back.
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
