package import SparringScenario

/// A case for a gateway: the client's calls, the behaviour of each upstream, and the behaviour of a good gateway.
///
/// Sparring plays both the client and the upstreams. Therefore a check can compare the upstreams' requests and answers
/// with the client's.
package struct GatewayCase: Sendable, SelectableCase {
    /// A stable id such as `gateway.failover-500`, never reused.
    package var id: String
    /// The suite that introduced the case, such as `2026.2`; empty for a user's case.
    package var since: String
    /// The behaviour of a good gateway: a verb and an object.
    package var title: String
    package var why: String
    package var references: [String]
    package var level: Level
    /// Features that the gateway needs for the case to apply.
    package var needs: [GatewayFeature]
    /// The scripts of the upstreams by name. An upstream without a script repeats the prompt.
    package var upstreams: [String: Scenario]
    /// The upstream that must get a request; otherwise the case is undecided. If nil, any upstream may get the request.
    package var first: String?
    package var calls: [GatewayCall]
    package var requirements: [GatewayRequirement]
    /// The longest time for one call.
    package var timeout: Duration
    /// The first line of the case in its file.
    package var line: Int
    /// The file of a user's case; nil for a built-in case.
    package var file: String?

    /// The part of the id before its first dot.
    package var theme: String { String(id.prefix { $0 != "." }) }

    /// The default of `timeout`: a gateway may wait and retry before it answers.
    static let patience = Duration.seconds(60)
}

/// A feature of a gateway in addition to passing calls on. A feature is detected in a probe, or declared in the adapter
/// file.
package enum GatewayFeature: String, Sendable, Hashable, CaseIterable {
    /// If the first upstream fails, the gateway tries another one.
    case failover
    /// If a key of the first upstream fails, the gateway uses another key for that upstream.
    case keys
    /// The gateway checks the keys of clients.
    case auth
    /// A client's key has a limit of requests: `keys.limited` and `limits` in the adapter file.
    case limits
    /// A client's key has a budget: `keys.budget` and `budget` in the adapter file.
    case budgets
    /// The gateway accepts a second client's key: `keys.other` in the adapter file.
    case other
    /// The gateway reports the cost of a call in a header: `reports.cost` in the adapter file.
    case cost
    /// The gateway says how many dollars it has booked for a key: `spend` with `cost` in the adapter file.
    case spend

    /// The reason why a gateway without the feature cannot be judged, and the change that would help.
    package var absence: String {
        switch self {
        case .failover:
            "no other upstream was asked when the first upstream failed; give the gateway a second upstream to fall back to, "
                + "with SPARRING_SECONDARY_URL as its base URL"
        case .keys:
            "no second key was used when the first key failed; give the gateway SPARRING_PRIMARY_KEY_2 as a further key"
        case .auth: "a call with a wrong key gets no 401 or 403; make the gateway check the keys of clients"
        case .limits: "no key has a limit; name one as keys.limited and its limit as limits in the file of --adapter"
        case .budgets: "no key has a budget; name one as keys.budget and its budget as budget in the file of --adapter"
        case .other: "clients have only one key; name a second key as keys.other in the file of --adapter"
        case .cost: "no header reports the cost; name it as reports.cost in the file of --adapter"
        case .spend:
            "it is not known how to ask for the booked cost of a key; write spend.path, the address that answers it, and spend.cost, "
                + "the place of the dollars in its answer, in the file of --adapter"
        }
    }
}
