package import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire

/// Decides which recorded requests are sent again, and compares the new answers with the recorded answers. A verification does no I/O: the
/// caller sends the requests and passes the answers in.
package struct Verification: Sendable {
    package struct Settings: Sendable {
        /// The budget in dollars, which is compared with estimated costs.
        package var budget = 1.0
        /// Whether to send requests that create, change or delete stored objects.
        package var sendsChanges = false
        /// Whether to send requests whose price is not known.
        package var sendsUnpriced = false

        package init() {}
    }

    /// The decision about a recorded request.
    package enum Step: Sendable, Hashable {
        /// - Parameter cost: in dollars.
        case send(RecordedRequest, cost: Double)
        case skip(reason: String)
    }

    package struct Finding: Sendable, Hashable {
        package var changed: [String]
        /// Optional members that are missing in the new answer.
        package var unseen: [String]
    }

    private let settings: Settings
    private let prices: PriceTable
    package private(set) var spent = 0.0
    /// The new identifiers, by the recorded identifiers.
    private var names: [String: String] = [:]
    /// Identifiers that first appeared in recorded answers.
    private var minted: Set<String> = []

    package init(_ settings: Settings, prices: PriceTable) {
        self.settings = settings
        self.prices = prices
    }

    /// - Parameter isDry: true if no requests are sent, so that no new identifiers are known.
    package mutating func step(for exchange: RecordedExchange, isDry: Bool = false) -> Step {
        let request = exchange.request
        guard exchange.ending == .complete, let answer = exchange.answer else {
            return .skip(reason: "its recording is incomplete (\(exchange.ending.rawValue))")
        }
        guard !exchange.isSocket else { return .skip(reason: "it is a WebSocket, which is not sent again") }
        let own = IdentifierList.of(answer.plainBody)
        defer { minted.formUnion(own) }
        guard !request.isMasked else { return .skip(reason: "it contains masked values, which cannot be sent") }
        guard let endpoint = request.endpoint else { return .skip(reason: "its operation is unknown") }
        if endpoint.kind == .object, request.method != "GET", !settings.sendsChanges {
            return .skip(reason: "it changes stored objects (--changes sends it)")
        }
        let normal = NormalRequest(
            method: request.method, target: request.target, headers: request.headers, body: request.body, ignored: [])
        let named = ConversationForm(normal).identifiers
        if !isDry, let lost = named.first(where: { minted.contains($0) && names[$0] == nil }) {
            return .skip(reason: "it refers to \(lost), whose request was not sent again")
        }
        var cost = 0.0
        if endpoint.kind == .model, answer.status < 400 {
            guard let estimate = RecordedUsage(request, answer).cost(prices) else {
                guard settings.sendsUnpriced else {
                    return .skip(reason: "its cost is unknown (--unpriced sends it)")
                }
                return .send(renamed(request), cost: 0)
            }
            cost = estimate
        }
        guard spent + cost <= settings.budget else {
            return .skip(
                reason: "it would cost about $\(Self.text(cost)), but the budget has only $\(Self.text(left)) left")
        }
        spent += cost
        return .send(renamed(request), cost: cost)
    }

    private var left: Double { max(0, settings.budget - spent) }

    /// Formats dollars, rounded to a hundredth of a cent; a smaller cost is rounded up to a hundredth of a cent.
    package static func text(_ dollars: Double) -> String {
        let units = max(dollars > 0 ? 1 : 0, Int((dollars * 10_000).rounded()))
        let digits = String(units % 10_000)
        return "\(units / 10_000).\(String(repeating: "0", count: 4 - digits.count))\(digits)"
    }

    private func renamed(_ request: RecordedRequest) -> RecordedRequest {
        let renaming = Renaming(names.filter { $0 != $1 })
        var request = request
        request.body = renaming.edits(of: request.body).applied(to: request.body)
        let target = Array(request.target.utf8)
        request.target = String(decoding: renaming.edits(of: target).applied(to: target), as: UTF8.self)
        // A header field with a masked value cannot be sent.
        request.headers.fields.removeAll { $0.value.contains(Redaction.mark) }
        return request
    }

    /// Compares the shapes of both answers, and pairs their identifiers for later requests.
    package mutating func compare(_ recorded: RecordedAnswer, with answer: RecordedAnswer) -> Finding {
        let known = Set(names.values)
        let new = Self.unique(IdentifierList.of(answer.plainBody)).filter { !known.contains($0) }
        var fresh = Dictionary(grouping: new, by: Self.kind)
        for old in Self.unique(IdentifierList.of(recorded.plainBody)) where names[old] == nil {
            // Identifiers of the same kind are paired in their order.
            guard let new = fresh[Self.kind(old)]?.first else { continue }
            fresh[Self.kind(old)]?.removeFirst()
            names[old] = new
        }
        let (changed, unseen) = AnswerShape(recorded).changes(to: AnswerShape(answer))
        return Finding(changed: changed, unseen: unseen)
    }

    private static func kind(_ identifier: String) -> String {
        IdentifierPlace.kind(of: Array(identifier.utf8)[...]) ?? ""
    }

    private static func unique(_ identifiers: [String]) -> [String] {
        var seen: Set<String> = []
        return identifiers.filter { seen.insert($0).inserted }
    }
}

/// The usage of a recorded call, as its answer reports it; if the answer reports none, an estimate from the lengths of both bodies.
struct RecordedUsage: Sendable, Hashable {
    let model: String
    let usage: Usage

    /// A token has about four bytes of English text, and fewer bytes of other content.
    private static let bytesPerToken = 3

    init(_ request: RecordedRequest, _ answer: RecordedAnswer) {
        let body = answer.plainBody
        var model: String?
        var usage: Usage?
        for document in IdentifierList.documents(in: body) {
            guard let json = try? JSONValue.parse(Array(body[document])) else { continue }
            let object = json["response"] ?? json
            model = object["model"]?.string ?? model
            usage = object["usage"].flatMap(Self.usage) ?? usage
        }
        self.model = request.model ?? model ?? ""
        self.usage =
            usage
            ?? Usage(input: request.body.count / Self.bytesPerToken + 1, output: body.count / Self.bytesPerToken + 1)
    }

    private static func usage(_ json: JSONValue) -> Usage? {
        guard let input = json["prompt_tokens"]?.int ?? json["input_tokens"]?.int else { return nil }
        var usage = Usage(input: input, output: json["completion_tokens"]?.int ?? json["output_tokens"]?.int ?? 0)
        let (read, written) = (
            json["prompt_tokens_details"] ?? json["input_tokens_details"],
            json["completion_tokens_details"] ?? json["output_tokens_details"]
        )
        usage.audioInput = read?["audio_tokens"]?.int ?? 0
        usage.audioOutput = written?["audio_tokens"]?.int ?? 0
        return usage
    }

    /// The cost in dollars; nil if the model has no price.
    func cost(_ prices: PriceTable) -> Double? { prices[model].map { $0.cost(of: usage) / 1_000_000 } }
}
