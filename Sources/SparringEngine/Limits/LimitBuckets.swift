import SparringAPI
import SparringExchange
package import SparringScenario

/// The tokens and images that a request costs.
struct LimitCost: Sendable {
    var tokens: Int
    var images = 0
}

/// The buckets of one organization, project or key, by model family.
package struct LimitBuckets: Sendable {
    private let limits: Scenario.Limits?
    /// True if default limits are reported where the scenario sets none. Default limits never refuse a call.
    private let reportsUsual: Bool
    private(set) var buckets: [String: Buckets] = [:]

    struct Buckets: Sendable {
        var perMinute: RateBucket?
        var perDay: RateBucket?
        var tokens: RateBucket?
        var images: RateBucket?
    }

    /// The number of families at which empty buckets are discarded. A drained bucket equals a new one.
    private static let most = 1024

    package init(limits: Scenario.Limits?, reportsUsual: Bool) {
        self.limits = limits
        self.reportsUsual = reportsUsual
    }

    /// Reads or charges a family's buckets in place: one lookup, no copy.
    mutating func withBuckets<Result>(
        of family: String, now: Moment, _ body: (inout Buckets) -> Result
    ) -> Result {
        let (limits, reportsUsual) = (limits, reportsUsual)
        let name = limits?.sharing[family] ?? family
        if buckets.count >= Self.most, buckets[name] == nil {
            buckets = buckets.filter { !$0.value.isDrained(at: now) }
        }
        return body(&buckets[name, default: Buckets(name, limits, reportsUsual: reportsUsual, now: now)])
    }

    var count: Int { buckets.count }
}

extension LimitBuckets.Buckets {
    fileprivate init(_ family: String, _ limits: Scenario.Limits?, reportsUsual: Bool, now: Moment) {
        let rates = limits?.rates(of: family)
        func bucket(_ limit: Int?, usually usual: Int?, _ window: Duration) -> RateBucket? {
            guard let size = limit ?? (reportsUsual ? usual : nil) else { return nil }
            return RateBucket(limit: size, window: window, refuses: limit != nil, now: now)
        }
        let usual = UsualLimits.of(family)
        self.init(
            perMinute: bucket(rates?.requestsPerMinute, usually: usual.requestsPerMinute, .seconds(60)),
            perDay: bucket(rates?.requestsPerDay, usually: nil, .seconds(86_400)),
            tokens: bucket(rates?.tokensPerMinute, usually: usual.tokensPerMinute, .seconds(60)),
            images: bucket(rates?.imagesPerMinute, usually: nil, .seconds(60)))
    }

    /// The limit that refuses a call. If several limits refuse the call, this is the limit with the longest wait.
    mutating func refusal(_ cost: LimitCost, now: Moment) -> RateLimiter.Refusal? {
        if let limit = tokens?.limit, tokens?.refuses == true, cost.tokens > limit {
            return RateLimiter.Refusal(.tokensPerMinute, limit: limit, requested: cost.tokens, excess: nil)
        }
        var longest: RateLimiter.Refusal?
        func consider(_ kind: RateLimiter.Refusal.Kind, _ bucket: inout RateBucket?, _ requested: Int) {
            guard let excess = bucket?.excess(charging: requested, now: now), let limit = bucket?.limit,
                excess.wait > longest?.excess?.wait ?? .zero
            else { return }
            longest = RateLimiter.Refusal(kind, limit: limit, requested: requested, excess: excess)
        }
        consider(.requestsPerMinute, &perMinute, 1)
        consider(.requestsPerDay, &perDay, 1)
        consider(.tokensPerMinute, &tokens, cost.tokens)
        if cost.images > 0 { consider(.imagesPerMinute, &images, cost.images) }
        return longest
    }

    mutating func charge(_ cost: LimitCost, now: Moment) {
        perMinute?.charge(1, now: now)
        perDay?.charge(1, now: now)
        tokens?.charge(cost.tokens, now: now)
        if cost.images > 0 { images?.charge(cost.images, now: now) }
    }

    func isDrained(at now: Moment) -> Bool {
        [perMinute, perDay, tokens, images].allSatisfy { $0?.isDrained(at: now) ?? true }
    }
}

/// The limits of recorded organizations. These limits are reported only in header fields.
///
/// Source: `x-ratelimit-limit-*` of recorded traffic, 2024 to 2026 (docs/measurements/fidelity.md).
enum UsualLimits {
    static func of(_ family: String) -> (requestsPerMinute: Int, tokensPerMinute: Int) {
        table[family] ?? (10_000, 30_000_000)
    }

    private static let table: [String: (requestsPerMinute: Int, tokensPerMinute: Int)] = [
        "gpt-4o-mini": (30_000, 150_000_000), "gpt-4o": (10_000, 30_000_000), "gpt-3.5-turbo": (10_000, 50_000_000),
        "gpt-4": (10_000, 1_000_000), "gpt-5-nano": (30_000, 180_000_000),
        "text-embedding-3-small": (10_000, 5_000_000),
        "text-embedding-ada-002": (10_000, 10_000_000), "babbage-002": (3_000, 250_000),
        "davinci-002": (3_000, 250_000),
        "gpt-3.5-turbo-instruct": (3_500, 90_000),
    ]
}
