package import SparringAPI
package import SparringExchange
package import SparringScenario

/// The rate limits of one session, applied as in the API: those of the caller's organization, project and key, each per
/// model family. A call is charged to all of these limits or to none of them.
package struct RateLimiter: Sendable {
    let limits: Scenario.Limits?
    let accounts: Scenario.Accounts?
    /// The buckets of the default organization. The default organization's buckets are stored separately, so that most calls need no
    /// lookup.
    var common: LimitBuckets
    var others: [Holder: LimitBuckets] = [:]

    enum Holder: Hashable {
        case organization(String)
        case project(String)
        case key(String)
    }

    /// The maximum number of organizations and keys that have separate buckets, if any name is accepted. Beyond this number, all
    /// organizations and keys start again with new buckets.
    private static let most = 10_000

    package init(limits: Scenario.Limits?, accounts: Scenario.Accounts? = nil) {
        self.limits = limits
        self.accounts = accounts
        common = LimitBuckets(limits: limits, reportsUsual: true)
    }

    /// The limit that refused a call.
    package struct Refusal: Sendable, Hashable {
        package enum Kind: Sendable, Hashable {
            case requestsPerMinute
            case requestsPerDay
            case tokensPerMinute
            case imagesPerMinute
            /// The dollars of the scenario's budget are spent.
            case budget
        }

        package var kind: Kind
        package var limit: Int
        package var requested: Int
        /// Nil if the call needs more than a whole window allows, so that waiting does not help.
        package var excess: RateBucket.Excess?
        package var isProjects = false

        /// The budget is used up: no wait helps.
        static let overspent = Refusal(.budget, limit: 0, requested: 0, excess: nil)

        init(_ kind: Kind, limit: Int, requested: Int, excess: RateBucket.Excess?) {
            self.kind = kind
            self.limit = limit
            self.requested = requested
            self.excess = excess
        }
    }

    /// Charges a call. Windows pass in session time; the returned wait is in real time.
    ///
    /// A refused call costs nothing. A call with invalid parameters costs one request, as recorded.
    package mutating func charge(
        family: String, tokens: Int, images: Int = 0, caller: Caller = Caller(), clock: SessionClock = SessionClock(),
        now real: Moment
    ) -> (reading: RateLimitReading, refusal: Refusal?) {
        let now = clock.time(at: real)
        let (reading, refusal) =
            accounts == nil && caller.organization == AnswerInput.anyOrganization
            ? chargeCommon(family, LimitCost(tokens: tokens, images: images), now)
            : charge(
                holders(of: caller), family: family, cost: LimitCost(tokens: tokens, images: images), now: now)
        guard clock.scale != 1 else { return (reading, refusal) }
        return (reading.scaled(by: clock.scale), refusal?.scaled(by: clock.scale))
    }

    private mutating func chargeCommon(_ family: String, _ cost: LimitCost, _ now: Moment) -> (
        RateLimitReading, Refusal?
    ) {
        common.withBuckets(of: family, now: now) { buckets in
            let refusal = buckets.refusal(cost, now: now)
            if refusal == nil { buckets.charge(cost, now: now) }
            var telling = ReportedLimits()
            telling.add(buckets)
            return (telling.reading, refusal)
        }
    }

    private mutating func charge(
        _ holders: [(holder: Holder, limits: Scenario.Limits?)], family: String, cost: LimitCost, now: Moment
    ) -> (RateLimitReading, Refusal?) {
        if others.count >= Self.most { others.removeAll(keepingCapacity: true) }
        func withBuckets<Result>(of index: Int, _ body: (inout LimitBuckets.Buckets) -> Result) -> Result {
            let (holder, limits) = holders[index]
            // The organization comes first. Only the organization reports default limits.
            return others[holder, default: LimitBuckets(limits: limits, reportsUsual: index == 0)]
                .withBuckets(of: family, now: now, body)
        }
        var refusals: [Refusal] = []
        for index in holders.indices {
            guard var refusal = withBuckets(of: index, { $0.refusal(cost, now: now) }) else { continue }
            if case .project = holders[index].holder { refusal.isProjects = true }
            refusals.append(refusal)
        }
        var telling = ReportedLimits()
        for index in holders.indices {
            withBuckets(of: index) { buckets in
                if refusals.isEmpty { buckets.charge(cost, now: now) }
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
    /// A refusal that waiting does not resolve counts as the longest wait.
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

/// Selects the limits in the header fields from all buckets of a call. The limit that is lowest in the long run is reported: recordings
/// show the requests per day if that limit is lower than the one per minute. An exhausted bucket takes precedence.
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
