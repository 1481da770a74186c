package import SparringScenario

/// One requirement of a gateway case, with its level.
package struct GatewayRequirement: Sendable, Hashable {
    package var question: Question
    package var level: Level

    package init(_ question: Question, level: Level) {
        self.question = question
        self.level = level
    }

    package enum Question: Sendable, Hashable {
        /// Every call ends with one of these statuses.
        case status([Int])
        /// Every call gets the whole text of its own answer, and no text of another call's answer.
        case text
        /// The number of requests that an upstream gets for all calls of the case. If nil, the number is for all upstreams together.
        case attempts(upstream: String?, ClosedRange<Int>)
        /// The number of requests for one call, including the client's own retries.
        case attemptsPerCall(ClosedRange<Int>)
        /// Members of the body that reach each upstream unchanged.
        case parameters([String])
        /// A field of the answer's head; if the value is nil, any value is accepted.
        case header(name: String, value: String?)
        /// The upstream's id for the request is in a field of the answer's head.
        case requestID
        /// A member of the error object must contain this text.
        case error(member: String, contains: String)
        /// A stream ends with `[DONE]` and without an error.
        case wholeStream
        /// A broken stream looks broken to the client, unless another upstream completed the text.
        case brokenStream
        /// Each event reaches the client before the upstream sends the next one.
        case paced
        /// The bytes of every answer contain this text.
        case contains(String)
        /// After the client has disconnected, the gateway disconnects from the upstream within this time, and sends no
        /// further request.
        case stops(within: Duration)
        /// The usage in each answer is the usage in the upstream's answer.
        case usage
        /// The reported cost is the price of the upstreams' answers. The tolerance is a share.
        case cost(tolerance: Double)
        /// The cost that the gateway booked for each key is the price of the upstreams' answers. The tolerance is a share.
        case spend(tolerance: Double)
        /// No answer contains a key of an upstream.
        case hidesKeys
        /// No answer contains an address of an upstream.
        case hidesAddresses
        /// No two calls get the same text.
        case distinct
        /// Requests to one upstream for the same call have at least this time between them.
        case pauses(Duration)
        /// The calls of the limited key that reach an upstream do not exceed its limit.
        case limit
        /// The cost of the upstreams exceeds the budget by at most one call.
        case budget
        /// No call of the key with a budget is refused before the budget is used up.
        case fullBudget
    }
}

extension GatewayRequirement.Question {
    /// The end of the check's id.
    var slug: String {
        switch self {
        case .status: "status"
        case .text: "text"
        case .attempts(let upstream, _): upstream.map { "attempts.\($0)" } ?? "attempts"
        case .attemptsPerCall: "attempts-per-call"
        case .parameters(let names): "parameters." + names.joined(separator: "-")
        case .header(let name, _): "header.\(name)"
        case .requestID: "request-id"
        case .error(let member, _): "error.\(member)"
        case .wholeStream, .brokenStream: "end"
        case .paced: "paced"
        case .contains: "contains"
        case .stops: "stops"
        case .usage: "usage"
        case .cost: "cost"
        case .spend: "spend"
        case .hidesKeys: "hides-keys"
        case .hidesAddresses: "hides-addresses"
        case .distinct: "distinct"
        case .pauses: "pauses"
        case .limit: "limit"
        case .budget: "budget"
        case .fullBudget: "full-budget"
        }
    }

    /// The requirement as a sentence.
    var sentence: String {
        switch self {
        case .status: "The client gets the right status"
        case .text: "The client gets the whole text of its own answer"
        case .attempts(let upstream, let range):
            "\(upstream.map { "The upstream \($0) gets" } ?? "The upstreams get") \(range.inWords("request"))"
        case .attemptsPerCall(let range): "A call costs \(range.inWords("request"))"
        case .parameters(let names): "Each upstream receives \(names.joined(separator: ", ")) as the client sent it"
        case .header(let name, _): "The header \(name) reaches the client"
        case .requestID: "The upstream's request id reaches the client"
        case .error(let member, _): "The error's \(member) reaches the client"
        case .wholeStream: "The stream ends with [DONE]"
        case .brokenStream: "A stream that broke off does not look complete"
        case .paced: "Events are forwarded one by one, as they arrive"
        case .contains(let text): "“\(text)” reaches the client"
        case .stops(let time):
            "The gateway disconnects from the upstream within \(time.inWords) after the client disconnects"
        case .usage: "The reported usage is the upstream's usage"
        case .cost: "The reported cost is the upstreams' cost"
        case .spend: "The booked cost of each key is the upstreams' cost"
        case .hidesKeys: "No answer shows a key of an upstream"
        case .hidesAddresses: "No answer shows an address of an upstream"
        case .distinct: "Different calls get different answers"
        case .pauses(let time): "Attempts at one upstream are at least \(time.inWords) apart"
        case .limit: "The limit of a key holds for all replicas together"
        case .budget: "The budget of a key holds for all replicas together"
        case .fullBudget: "No call of a key is refused before its budget is used up"
        }
    }

    /// Whether the requirement is an upper limit of a time, which a busy machine may exceed.
    var isUpperTimeBound: Bool {
        switch self {
        case .paced, .stops: true
        default: false
        }
    }
}
