package import SparringAPI
package import SparringExchange

/// A leaky bucket: what is charged drains evenly, `limit` in every `window`.
///
/// The API's headers follow this arithmetic (docs/fidelity.md): `reset` is the time until all of it has drained.
package struct RateBucket: Sendable {
    package let limit: Int
    package let window: Duration
    private var used = 0.0
    private var measuredAt: Moment

    package init(limit: Int, window: Duration, now: Moment) {
        self.limit = limit
        self.window = window
        measuredAt = now
    }

    /// What a charge of that many would exceed the limit by; nil where it fits.
    package mutating func excess(charging amount: Int, now: Moment) -> Excess? {
        drain(until: now)
        let over = used + Double(amount) - Double(limit)
        guard over > 0 else { return nil }
        return Excess(used: Int(used.rounded(.up)), wait: window * (over / Double(limit)))
    }

    package mutating func charge(_ amount: Int, now: Moment) {
        drain(until: now)
        used = min(used + Double(amount), Double(limit))
    }

    package var reading: RateLimitReading.Bucket {
        RateLimitReading.Bucket(
            limit: limit, remaining: max(0, limit - Int(used.rounded(.up))), reset: window * (used / Double(limit)))
    }

    package struct Excess: Sendable, Hashable {
        package var used: Int
        /// Until the charge would fit.
        package var wait: Duration
    }

    private mutating func drain(until now: Moment) {
        let elapsed = now - measuredAt
        guard elapsed > .zero else { return }
        used = max(0, used - Double(limit) * (elapsed / window))
        measuredAt = now
    }
}
