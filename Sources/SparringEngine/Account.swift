package import SparringAPI
package import SparringExchange
package import SparringScenario

/// The rate limits of one session, per model, as the API keeps them.
package struct Account: Sendable {
    private let limits: Scenario.Limits?
    private var buckets: [String: Buckets] = [:]

    private struct Buckets {
        var requests: RateBucket
        var tokens: RateBucket

        init(_ limits: Scenario.Limits?, now: Moment) {
            requests = RateBucket(limit: limits?.requestsPerMinute ?? 10_000, window: .seconds(60), now: now)
            tokens = RateBucket(limit: limits?.tokensPerMinute ?? 30_000_000, window: .seconds(60), now: now)
        }
    }

    package init(limits: Scenario.Limits?) { self.limits = limits }

    /// What stood in the way of a call.
    package enum Refusal: Sendable, Hashable {
        case requests(limit: Int, RateBucket.Excess)
        case tokens(limit: Int, requested: Int, RateBucket.Excess)
        /// More tokens in one call than a minute has.
        case tooLarge(limit: Int, requested: Int)
    }

    /// Charges a call to its model's buckets. Limits that the scenario does not set are reported with the size that a paying
    /// account has, and never refuse. Windows pass in the session's time; what comes back is to be waited for in real time.
    package mutating func charge(model: String, tokens: Int, clock: SessionClock = SessionClock(), now real: Moment)
        -> (
            reading: RateLimitReading, refusal: Refusal?
        )
    {
        let now = clock.time(at: real)
        let (reading, refusal) = Self.charge(
            &buckets[model, default: Buckets(limits, now: now)], limits, tokens: tokens, now: now)
        guard clock.scale != 1 else { return (reading, refusal) }
        return (reading.scaled(by: clock.scale), refusal?.scaled(by: clock.scale))
    }

    private static func charge(
        _ pair: inout Buckets, _ limits: Scenario.Limits?, tokens: Int, now: Moment
    ) -> (RateLimitReading, Refusal?) {
        let refusal = refusal(in: &pair, limits, tokens: tokens, now: now)
        if refusal == nil {
            pair.requests.charge(1, now: now)
            pair.tokens.charge(tokens, now: now)
        }
        return (RateLimitReading(requests: pair.requests.reading, tokens: pair.tokens.reading), refusal)
    }

    private static func refusal(
        in pair: inout Buckets, _ limits: Scenario.Limits?, tokens: Int, now: Moment
    ) -> Refusal? {
        if let limit = limits?.requestsPerMinute, let excess = pair.requests.excess(charging: 1, now: now) {
            return .requests(limit: limit, excess)
        }
        guard let limit = limits?.tokensPerMinute else { return nil }
        guard tokens <= limit else { return .tooLarge(limit: limit, requested: tokens) }
        return pair.tokens.excess(charging: tokens, now: now).map { .tokens(limit: limit, requested: tokens, $0) }
    }
}

extension Account.Refusal {
    func scaled(by scale: Double) -> Account.Refusal {
        switch self {
        case .requests(let limit, let excess): .requests(limit: limit, excess.scaled(by: scale))
        case .tokens(let limit, let requested, let excess):
            .tokens(limit: limit, requested: requested, excess.scaled(by: scale))
        case .tooLarge: self
        }
    }
}

extension RateBucket.Excess {
    fileprivate func scaled(by scale: Double) -> RateBucket.Excess { RateBucket.Excess(used: used, wait: wait * scale) }
}

extension RateLimitReading {
    fileprivate func scaled(by scale: Double) -> RateLimitReading {
        var reading = self
        reading.requests.reset = requests.reset * scale
        reading.tokens.reset = tokens.reset * scale
        return reading
    }
}
