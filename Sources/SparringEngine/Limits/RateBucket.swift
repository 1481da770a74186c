package import SparringAPI
package import SparringExchange

/// A leaky bucket: charges drain evenly, at the rate of `limit` per `window`.
///
/// The API's headers follow this arithmetic (docs/reference/limits.md): `reset` is the time until the bucket is empty.
package struct RateBucket: Sendable {
    package let limit: Int
    package let window: Duration
    /// True if the bucket refuses calls; false if it only provides header values.
    package let refuses: Bool
    var used = 0.0
    var measuredAt: Moment

    package init(limit: Int, window: Duration, refuses: Bool = true, now: Moment) {
        self.limit = limit
        self.window = window
        self.refuses = refuses
        measuredAt = now
    }

    /// The excess of a charge over the limit; nil if the charge fits.
    ///
    /// The wait is computed from the integers in the message, as in all quoted messages: (used + requested − limit) /
    /// limit of the window.
    package mutating func excess(charging amount: Int, now: Moment) -> Excess? {
        guard refuses else { return nil }
        drain(until: now)
        guard used + Double(amount) > Double(limit) + Self.dust else { return nil }
        return Excess(used: outstanding, wait: window * (Double(outstanding + amount - limit) / Double(limit)))
    }

    package mutating func charge(_ amount: Int, now: Moment) {
        drain(until: now)
        used = min(used + Double(amount), Double(limit))
    }

    package var reading: RateLimitReading.Bucket {
        RateLimitReading.Bucket(limit: limit, remaining: remaining, reset: window * (used / Double(limit)))
    }

    package func isDrained(at now: Moment) -> Bool { (now - measuredAt) / window >= used / Double(limit) }

    /// The bucket that is more informative for a client: see `ReportedLimits`.
    static func telling(_ a: RateBucket?, _ b: RateBucket?) -> RateBucket? {
        guard let a, let b else { return a ?? b }
        if (a.remaining == 0) != (b.remaining == 0) { return a.remaining == 0 ? a : b }
        return a.window / Double(a.limit) >= b.window / Double(b.limit) ? a : b
    }

    package struct Excess: Sendable, Hashable {
        package var used: Int
        /// Time until the charge would fit.
        package var wait: Duration
    }

    private var outstanding: Int { Int((used - Self.dust).rounded(.up)) }

    /// Rounding error of sums of fractions: smaller values count as 0.
    private static let dust = 1e-6

    private var remaining: Int { max(0, limit - outstanding) }

    private mutating func drain(until now: Moment) {
        let elapsed = now - measuredAt
        guard elapsed > .zero else { return }
        used = max(0, used - Double(limit) * (elapsed / window))
        measuredAt = now
    }
}
