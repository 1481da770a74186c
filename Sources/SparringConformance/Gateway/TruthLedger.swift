package import SparringExchange
import SparringWire

/// The facts about a run from the upstreams of a gateway, next to the gateway's own reports. The ledger is made from the observations of
/// all cases.
package struct TruthLedger: Sendable {
    package private(set) var rows: [Row] = []
    /// The values that the answers to the client report.
    package private(set) var reported = Reported()
    /// The amounts that the gateway booked for each key. Empty if the adapter file does not say how to ask for them.
    package var booked: [Booked] = []

    /// The sums of one upstream, key, user, model and list of tags.
    package struct Row: Sendable, Hashable {
        package var upstream: String
        /// The last four letters of the key; empty if the request had no key.
        package var key: String
        package var user: String
        package var model: String
        /// The string members of `metadata` in the request, as `metadata.NAME`, sorted by name. Usage is told apart by the same tags.
        package var tags: [Exchange.Tag]
        package var requests = 0
        /// Requests that were answered with 400 or more, or with a fault that did more than change the answer's pace.
        package var failed = 0
        /// Requests from which the gateway disconnected early.
        package var cancelled = 0
        package var input = 0
        package var cached = 0
        package var output = 0
        package var dollars = 0.0
        /// Requests of models without a price.
        package var unpriced = 0
    }

    /// The sums of the values in the answers that the client received.
    package struct Reported: Sendable, Hashable {
        package var calls = 0
        /// Requests of the client, including its own retries.
        package var attempts = 0
        /// Whether a client under test made calls. It does not report its attempts.
        package var hasUnknownAttempts = false
        /// Answers with status 200.
        package var answered = 0
        /// Answers with a usage.
        package var withUsage = 0
        package var input = 0
        package var cached = 0
        package var output = 0
        /// Answers with a cost.
        package var withCost = 0
        package var dollars = 0.0
    }

    /// A number in the ledger, from the upstreams' side and from the client's side.
    package struct Line: Sendable, Hashable {
        package var name: String
        package var truth: Double
        /// Nil if the gateway does not report this number.
        package var reported: Double?
        package var isDollars = false

        package var difference: Double? { reported.map { $0 - truth } }
    }

    package init() {}

    package mutating func add(_ seen: GatewayObservation) {
        for upstream in seen.upstreams {
            for exchange in upstream.exchanges { add(exchange, at: upstream) }
        }
        for call in seen.calls {
            reported.calls += 1
            if let report = call.report {
                reported.hasUnknownAttempts = true
                if report.isOK { reported.answered += 1 }
                continue
            }
            reported.attempts += call.answers.count
            for answer in call.answers { add(answer, costHeader: seen.terms.costHeader) }
        }
    }

    private mutating func add(_ exchange: Exchange, at upstream: GatewayObservation.Upstream) {
        let decision = exchange.decision
        let authorization = exchange.request.headers["authorization"] ?? exchange.request.headers["api-key"] ?? ""
        let named = Row(
            upstream: upstream.name, key: String(authorization.suffix(4)),
            user: decision.tags.first { $0.name == "user" }?.value ?? "", model: decision.model ?? "",
            tags: decision.tags.filter { $0.name != "user" }.sorted { $0.name < $1.name })
        let place =
            rows.firstIndex { $0.isSame(as: named) }
            ?? {
                rows.append(named)
                return rows.count - 1
            }()
        rows[place].requests += 1
        if decision.status >= 400 || exchange.isSpoiled { rows[place].failed += 1 }
        if exchange.peerHasGone { rows[place].cancelled += 1 }
        guard let usage = decision.usage else { return }
        rows[place].input += usage.input
        rows[place].cached += usage.cached
        rows[place].output += usage.output
        if let dollars = exchange.dollars { rows[place].dollars += dollars } else { rows[place].unpriced += 1 }
    }

    private mutating func add(_ answer: GatewayAnswer, costHeader: String?) {
        if answer.status == 200 { reported.answered += 1 }
        if let name = costHeader, let dollars = answer.cost(in: name) {
            reported.withCost += 1
            reported.dollars += dollars
        }
        let read = ReadAnswer(answer)
        guard read.usage != nil else { return }
        reported.withUsage += 1
        reported.input += read.inputTokens ?? 0
        reported.cached += read.cachedTokens ?? 0
        reported.output += read.outputTokens ?? 0
    }

    /// The sum of all rows.
    package var total: Row {
        rows.reduce(into: Row(upstream: "all", key: "", user: "", model: "", tags: [])) { sum, row in
            sum.requests += row.requests
            sum.failed += row.failed
            sum.cancelled += row.cancelled
            sum.input += row.input
            sum.cached += row.cached
            sum.output += row.output
            sum.dollars += row.dollars
            sum.unpriced += row.unpriced
        }
    }

    /// Both sides of the ledger, line by line. The upstreams' side counts all requests, including those whose answer no client received.
    package var lines: [Line] {
        let (total, hasUsage, hasCost) = (total, reported.withUsage > 0, reported.withCost > 0)
        return [
            Line(
                name: "requests", truth: Double(total.requests),
                reported: reported.hasUnknownAttempts ? nil : Double(reported.attempts)),
            Line(
                name: "answered", truth: Double(total.requests - total.failed), reported: Double(reported.answered)),
            Line(name: "input tokens", truth: Double(total.input), reported: hasUsage ? Double(reported.input) : nil),
            Line(
                name: "cached tokens", truth: Double(total.cached), reported: hasUsage ? Double(reported.cached) : nil),
            Line(
                name: "output tokens", truth: Double(total.output), reported: hasUsage ? Double(reported.output) : nil),
            Line(
                name: "dollars", truth: total.dollars, reported: hasCost ? reported.dollars : nil, isDollars: true),
        ]
    }
}

extension TruthLedger.Row {
    fileprivate func isSame(as other: Self) -> Bool {
        upstream == other.upstream && key == other.key && user == other.user && model == other.model
            && tags == other.tags
    }

    package init(upstream: String, key: String, user: String, model: String, tags: [Exchange.Tag]) {
        self.upstream = upstream
        self.key = key
        self.user = user
        self.model = model
        self.tags = tags
    }
}

extension Exchange {
    /// Whether a fault did more than send the bytes of the answer at other times or in other pieces.
    fileprivate var isSpoiled: Bool {
        deliveredFaultNames.contains { name in
            WireFaults.all.first { $0.kind.name == name }?.kind.layer != .pace
        }
    }
}
