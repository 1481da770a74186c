package import SparringScenario

/// A case for a gateway: what a client asks, what each upstream does, and what a good gateway makes of it.
///
/// Sparring plays both ends. So a check compares what the upstreams did with what the client received.
package struct GatewayCase: Sendable, SelectableCase {
    /// A stable id such as `gateway.failover-500`, never reused.
    package var id: String
    /// The suite that introduced it, such as `2026.2`; empty for a case of a user.
    package var since: String
    /// What a good gateway does: a verb and an object.
    package var title: String
    package var why: String
    package var references: [String]
    package var level: Level
    /// Features without which the case does not apply to a gateway.
    package var needs: [GatewayFeature]
    /// The scripts of the upstreams by name. An upstream without a script repeats the prompt.
    package var upstreams: [String: Scenario]
    /// The upstream that must get a request, or the case says nothing; nil if any of them will do.
    package var first: String?
    package var calls: [GatewayCall]
    package var requirements: [GatewayRequirement]
    /// The longest time for one call.
    package var timeout: Duration
    /// The line of its file on which it starts.
    package var line: Int
    /// The file of a user's case; nil for a built-in case.
    package var file: String?

    /// The part of the id before its first dot.
    package var theme: String { String(id.prefix { $0 != "." }) }

    /// The default of `timeout`: a gateway may wait and retry before it answers.
    static let patience = Duration.seconds(60)
}

/// What a gateway can do besides passing calls on. A feature is observed in a probe, or stated by the adapter file.
package enum GatewayFeature: String, Sendable, Hashable, CaseIterable {
    /// When the first upstream fails, another one is asked.
    case failover
    /// When a key of the first upstream fails, another key of it is used.
    case keys
    /// Keys of clients are checked by the gateway.
    case auth
    /// A key of clients has a limit of requests: `keys.limited` and `limits` of the adapter file.
    case limits
    /// A key of clients has a budget: `keys.budget` and `budget` of the adapter file.
    case budgets
    /// A second key of clients is accepted: `keys.other` of the adapter file.
    case other
    /// The cost of a call is reported in a header: `reports.cost` of the adapter file.
    case cost

    /// Why a gateway without the feature cannot be judged, and what to change.
    package var absence: String {
        switch self {
        case .failover:
            "no other upstream was asked when the first one failed; give the gateway a second upstream to fall back to, "
                + "with SPARRING_SECONDARY_URL as its base URL"
        case .keys:
            "no second key was used when the first one failed; give the gateway SPARRING_PRIMARY_KEY_2 as a further key"
        case .auth: "the gateway accepts a wrong key; make it check the keys of clients"
        case .limits: "no key has a limit; name one as keys.limited and its limit as limits in the file of --adapter"
        case .budgets: "no key has a budget; name one as keys.budget and its budget as budget in the file of --adapter"
        case .other: "there is one key of clients only; name a second one as keys.other in the file of --adapter"
        case .cost: "no header reports the cost; name it as reports.cost in the file of --adapter"
        }
    }
}
