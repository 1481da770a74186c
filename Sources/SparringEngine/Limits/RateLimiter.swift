package import SparringAPI
package import SparringExchange
package import SparringScenario

/// The rate limits of one session, as the API keeps them: those of the caller's organization, project and key, each per family
/// of models. A call is charged to all of them or to none.
package struct RateLimiter: Sendable {
    private let limits: Scenario.Limits?
    private let accounts: Scenario.Accounts?
    /// Of the organization that every caller has who names no other: found without a look-up.
    private var common: LimitBuckets
    private var others: [Holder: LimitBuckets] = [:]

    private enum Holder: Hashable {
        case organization(String)
        case project(String)
        case key(String)
    }

    /// Organizations and keys that are told apart, where any is taken at its word; beyond it, their ledgers start afresh.
    private static let most = 10_000

    package init(limits: Scenario.Limits?, accounts: Scenario.Accounts? = nil) {
        self.limits = limits
        self.accounts = accounts
        common = LimitBuckets(limits: limits, reportsUsual: true)
    }

    /// What stood in the way of a call.
    package struct Refusal: Sendable, Hashable {
        package enum Kind: Sendable, Hashable {
            case requestsPerMinute
            case requestsPerDay
            case tokensPerMinute
        }

        package var kind: Kind
        package var limit: Int
        package var requested: Int
        /// Nil: more in one call than a window has; no wait helps.
        package var excess: RateBucket.Excess?
        package var isProjects = false

        init(_ kind: Kind, limit: Int, requested: Int, excess: RateBucket.Excess?) {
            self.kind = kind
            self.limit = limit
            self.requested = requested
            self.excess = excess
        }
    }

    /// Charges a call. Windows pass in the session's time; what comes back is to be waited for in real time.
    ///
    /// A call that is refused costs nothing; one that its own parameters condemned costs a request, as recorded.
    package mutating func charge(
        family: String, tokens: Int, caller: Caller = Caller(), clock: SessionClock = SessionClock(), now real: Moment
    ) -> (reading: RateLimitReading, refusal: Refusal?) {
        let now = clock.time(at: real)
        let (reading, refusal) =
            accounts == nil && caller.organization == AnswerInput.anyOrganization
            ? chargeCommon(family, tokens, now)
            : charge(holders(of: caller), family: family, tokens: tokens, now: now)
        guard clock.scale != 1 else { return (reading, refusal) }
        return (reading.scaled(by: clock.scale), refusal?.scaled(by: clock.scale))
    }

    private mutating func chargeCommon(_ family: String, _ tokens: Int, _ now: Moment) -> (RateLimitReading, Refusal?) {
        common.withBuckets(of: family, now: now) { buckets in
            let refusal = buckets.refusal(tokens: tokens, now: now)
            if refusal == nil { buckets.charge(tokens: tokens, now: now) }
            var telling = ReportedLimits()
            telling.add(buckets)
            return (telling.reading, refusal)
        }
    }

    private mutating func charge(
        _ holders: [(holder: Holder, limits: Scenario.Limits?)], family: String, tokens: Int, now: Moment
    ) -> (RateLimitReading, Refusal?) {
        if others.count >= Self.most { others.removeAll(keepingCapacity: true) }
        func withBuckets<Result>(of index: Int, _ body: (inout LimitBuckets.Buckets) -> Result) -> Result {
            let (holder, limits) = holders[index]
            // The organization comes first, and is the one that tells of limits that nobody has set.
            return others[holder, default: LimitBuckets(limits: limits, reportsUsual: index == 0)]
                .withBuckets(of: family, now: now, body)
        }
        var refusals: [Refusal] = []
        for index in holders.indices {
            guard var refusal = withBuckets(of: index, { $0.refusal(tokens: tokens, now: now) }) else { continue }
            if case .project = holders[index].holder { refusal.isProjects = true }
            refusals.append(refusal)
        }
        var telling = ReportedLimits()
        for index in holders.indices {
            withBuckets(of: index) { buckets in
                if refusals.isEmpty { buckets.charge(tokens: tokens, now: now) }
                telling.add(buckets)
            }
        }
        return (telling.reading, refusals.max { $0.isShorter(than: $1) })
    }

    private func holders(of caller: Caller) -> [(holder: Holder, limits: Scenario.Limits?)] {
        var holders: [(holder: Holder, limits: Scenario.Limits?)] = [(.organization(caller.organization), limits)]
        if let limits = accounts?.projects[caller.project]?.limits {
            holders.append((.project(caller.project), limits))
        }
        if let key = caller.key, let limits = accounts?.keys[key]?.limits { holders.append((.key(key), limits)) }
        return holders
    }
}

extension RateLimiter.Refusal {
    /// One that no wait helps is the longest.
    fileprivate func isShorter(than other: RateLimiter.Refusal) -> Bool {
        guard let wait = excess?.wait else { return false }
        return other.excess.map { wait < $0.wait } ?? true
    }

    func scaled(by scale: Double) -> RateLimiter.Refusal {
        var refusal = self
        refusal.excess = excess.map { RateBucket.Excess(used: $0.used, wait: $0.wait * scale) }
        return refusal
    }
}

/// What the headers tell of all buckets that a call is charged to: the one that lets through least in the long run, as recorded
/// where requests per day are fewer than those per minute; but never one that has room where another has none.
private struct ReportedLimits {
    private var requests: RateBucket?
    private var tokens: RateBucket?

    mutating func add(_ buckets: LimitBuckets.Buckets) {
        requests = RateBucket.telling(RateBucket.telling(requests, buckets.perMinute), buckets.perDay)
        tokens = RateBucket.telling(tokens, buckets.tokens)
    }

    var reading: RateLimitReading {
        let nothing = RateLimitReading.Bucket(limit: 0, remaining: 0, reset: .zero)
        return RateLimitReading(requests: requests?.reading ?? nothing, tokens: tokens?.reading ?? nothing)
    }
}

extension RateLimitReading {
    fileprivate func scaled(by scale: Double) -> RateLimitReading {
        var reading = self
        reading.requests.reset = requests.reset * scale
        reading.tokens.reset = tokens.reset * scale
        return reading
    }
}
