package import SparringExchange
package import SparringJSON

/// Everything that was observed at both ends of a gateway in one case.
package struct GatewayObservation: Sendable {
    /// A text that is part of every prompt of the case.
    package var token: String
    package var calls: [Call]
    package var upstreams: [Upstream] { didSet { exchanges = Self.exchanges(of: upstreams) } }
    /// All requests that reached an upstream, in order of arrival.
    package private(set) var exchanges: [Exchange]
    /// The times at which Sparring's own timers were late.
    package var lateness: [Lateness]
    package var terms: GatewayTerms
    /// The cost of the answers to the key with a budget before this round, in dollars.
    package var spentBefore = 0.0
    /// The amounts that the gateway booked during the case, for each key. Empty if the case does not ask for them.
    package var booked: [SpendAccount] = []
    /// The times at which the calls of the case's earlier, undecided round began and ended.
    package var earlier: Span?

    package struct Span: Sendable, Hashable {
        package var start: Moment
        package var end: Moment

        package init(start: Moment, end: Moment) {
            self.start = start
            self.end = end
        }
    }

    /// One call and all its answers. There are several answers if the client repeated the call.
    package struct Call: Sendable {
        package var call: GatewayCall
        package var token: String
        package var request: JSONValue
        package var answers: [GatewayAnswer]
        /// What a client under test reports; nil if Sparring's own client made the call. Then the only answer has times, but no bytes.
        package var report: ClientReport?
        /// The content of the last answer.
        package var read: ReadAnswer?

        package init(call: GatewayCall, token: String, request: JSONValue, answers: [GatewayAnswer]) {
            self.call = call
            self.token = token
            self.request = request
            self.answers = answers
            read = answers.last.map(ReadAnswer.init)
        }

        package var answer: GatewayAnswer? { answers.last }

        /// Whether the client got an answer of a model.
        package var isAnswered: Bool { report?.isOK ?? (answer?.status == 200) }
    }

    package struct Upstream: Sendable {
        package var name: String
        /// `127.0.0.1:49152`
        package var address: String
        package var keys: [String]
        /// The requests of the case, in order of arrival. Lists of models are left out.
        package var exchanges: [Exchange]
        /// Whether a request was still being answered when the case ended.
        package var isUnfinished: Bool

        package init(name: String, address: String, keys: [String], exchanges: [Exchange], isUnfinished: Bool) {
            self.name = name
            self.address = address
            self.keys = keys
            self.exchanges = exchanges
            self.isUnfinished = isUnfinished
        }
    }

    package init(
        token: String, calls: [Call], upstreams: [Upstream], lateness: [Lateness] = [],
        terms: GatewayTerms = GatewayTerms()
    ) {
        self.token = token
        self.calls = calls
        self.upstreams = upstreams
        exchanges = Self.exchanges(of: upstreams)
        self.lateness = lateness
        self.terms = terms
    }

    private static func exchanges(of upstreams: [Upstream]) -> [Exchange] {
        upstreams.flatMap(\.exchanges).sorted { $0.startedAt < $1.startedAt }
    }

    /// The times at which the calls began and ended; nil without an answer.
    package var span: Span? {
        guard let start = calls.first?.answers.first?.sentAt, let end = calls.last?.answer?.endedAt else { return nil }
        return Span(start: start, end: end)
    }

    /// Whether no minute can begin both in this round and in the earlier one, wherever the gateway's minutes begin.
    package var isInAnotherPartOfTheMinute: Bool {
        guard let earlier, let span else { return false }
        let minute: Int64 = 60_000_000_000
        let gap = (span.start.nanoseconds - earlier.start.nanoseconds) % minute
        return gap > earlier.end.nanoseconds - earlier.start.nanoseconds
            && gap + span.end.nanoseconds - span.start.nanoseconds < minute
    }

    /// The requests of one call. The requests are found by the token in their body; if several calls have the same prompt, also by the
    /// times of the requests.
    package func exchanges(of call: Call) -> [Exchange] {
        let own = exchanges.filter { $0.carries(call.token) }
        guard call.call.repeatsPrompt, let first = call.answers.first, let last = call.answers.last else { return own }
        return own.filter { exchange in
            exchange.arrivedAt.map { first.sentAt <= $0 && $0 <= last.endedAt } ?? false
        }
    }

    /// The cost of all answers to calls with this key, in dollars.
    package func cost(of key: GatewayCall.Key) -> Double {
        calls.filter { $0.call.key == key }.flatMap(exchanges).compactMap(\.dollars).reduce(0, +)
    }

    /// The longest delay of Sparring's own timers.
    package var lag: Duration { lateness.map(\.duration).max() ?? .zero }
}

extension Exchange {
    /// Whether the body of the request contains the token, which has no quotes and no escapes.
    package func carries(_ token: String) -> Bool {
        let wanted = Array(token.utf8)
        guard let first = wanted.first, request.body.count >= wanted.count else { return false }
        return request.body.indices.dropLast(wanted.count - 1).contains { start in
            request.body[start] == first && request.body[start..<(start + wanted.count)].elementsEqual(wanted)
        }
    }
}

/// The terms of a gateway from the adapter file: the limits and budgets that it must enforce, and the place where it
/// reports costs.
package struct GatewayTerms: Sendable, Hashable {
    /// The requests per minute of the key with a limit.
    package var requestsPerMinute: Int?
    /// The dollars of the key with a budget.
    package var dollars: Double?
    /// The header with the cost of a call in dollars.
    package var costHeader: String?
    /// How to ask for the amounts that are booked for a key.
    package var spend: SpendInterface?

    package init(
        requestsPerMinute: Int? = nil, dollars: Double? = nil, costHeader: String? = nil, spend: SpendInterface? = nil
    ) {
        self.requestsPerMinute = requestsPerMinute
        self.dollars = dollars
        self.costHeader = costHeader
        self.spend = spend
    }
}
