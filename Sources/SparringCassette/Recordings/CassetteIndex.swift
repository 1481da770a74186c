import SparringAPI
import SparringEngine
import SparringExchange

/// Finds the recordings in a cassette that match a request. An index is immutable: a `CassetteCursor` keeps the state of a replay.
package struct CassetteIndex: Sendable {
    package let cards: [RecordingSummary]
    package let matching: CassetteMatching
    let key: FingerprintKey
    let shelf: any RecordingSource
    let redaction: CassetteRedaction
    private let exact: [CassetteFingerprint: [Int]]
    let normal: [CassetteFingerprint: [Int]]
    private let forms: [CassetteFingerprint: [Int]]
    private let common: [CassetteFingerprint: [Int]]
    private let sessions: [String: [Int]]
    /// The indices of recordings, by method and path.
    private let places: [String: [Int]]
    /// The indices of recordings by operation, for every base URL.
    private let operations: [Endpoint: [Int]]
    /// Identifiers that first appear in answers.
    let minted: Set<String>
    /// The targets of recordings without a path, in the order of the cassette.
    private let masks: [String]

    /// Indexes a cassette in memory.
    /// - Throws: if a masking rule of the cassette is invalid.
    package init(_ cassette: Cassette, matching: CassetteMatching) throws(CassetteRedaction.Mistake) {
        var indexer = CassetteIndexer(matching)
        for exchange in cassette.exchanges { indexer.add(exchange) }
        self = try indexer.index(cassette, on: CassetteInMemory(cassette.exchanges))
    }

    init(
        _ cards: [RecordingSummary], header: Cassette, matching: CassetteMatching, on shelf: any RecordingSource
    ) throws(CassetteRedaction.Mistake) {
        var rules: [CassetteRedaction.Rule] = []
        for text in header.masked { rules.append(try CassetteRedaction.rule(text)) }
        redaction = CassetteRedaction(rules)
        key = header.key
        self.cards = cards
        self.matching = matching
        self.shelf = shelf
        exact = Self.groups(cards) { $0.exact }
        normal = Self.groups(cards) { $0.normal }
        forms = Self.groups(cards) { $0.form?.fingerprint }
        common = Self.groups(cards) { $0.common }
        sessions = Self.groups(cards) { $0.session }
        places = Self.groups(cards) { "\($0.method) \(Self.path($0.target))" }
        operations = Self.groups(cards) { Dialect.endpoint(of: $0.method, $0.target) }
        minted = Set(cards.flatMap(\.minted))
        masks = cards.reduce(into: []) { masks, card in
            if MaskedTarget.isMask(card.target), !masks.contains(card.target) { masks.append(card.target) }
        }
    }

    private static func groups<Key: Hashable>(_ cards: [RecordingSummary], by key: (RecordingSummary) -> Key?) -> [Key:
        [Int]]
    {
        cards.indices.reduce(into: [:]) { groups, index in
            if let key = key(cards[index]) { groups[key, default: []].append(index) }
        }
    }

    private static func path(_ target: String) -> Substring { target.prefix { $0 != "?" } }

    /// A request's target for messages, with secrets masked.
    func shown(_ target: String) -> String { redaction.target(target) }

    /// Reads the recording that belongs to a summary.
    func exchange(_ index: Int) throws -> RecordedExchange { try shelf.exchange(at: cards[index].position) }

    /// - Parameter isCommon: whether to prefer the form that both APIs share.
    func normalRequest(_ index: Int, isCommon: Bool = false) throws -> NormalRequest {
        let request = try exchange(index).request
        if isCommon,
            let common = NormalRequest.common(
                method: request.method, target: request.target, body: request.body,
                of: RenderedAPI(request.endpoint), ignored: matching.ignored)
        {
            return common
        }
        return NormalRequest(
            method: request.method, target: request.target, headers: request.headers, body: request.body,
            ignored: matching.ignored)
    }

    /// A request, and the recordings that may answer the request.
    struct Candidates: Sendable {
        /// The recordings in the order of the cassette. If the request's own session has recordings, these are only the recordings of that
        /// session.
        var indices: [Int]
        var request: NormalRequest
        /// The fingerprint of the request before masking.
        var exact: CassetteFingerprint
        /// The request's form; set if requests are matched by conversation.
        var form: ConversationForm?
    }

    /// Recordings with the request's path come before recordings without a path.
    func candidates(_ request: Request, target: String, session: String) -> Candidates {
        let found = candidates(of: target, request, session: session)
        guard found.indices.isEmpty else { return found }
        return masks.lazy.map { candidates(of: $0, request, session: session) }.first { !$0.indices.isEmpty } ?? found
    }

    private func candidates(of target: String, _ request: Request, session: String) -> Candidates {
        let recorded = redaction.request(request.headers, request.body) ?? (request.headers, request.body)
        let asked = NormalRequest(
            method: request.method, target: redaction.target(target), headers: recorded.headers, body: recorded.body,
            ignored: matching.ignored)
        let identical = RecordingEncoder.fingerprint(request.method, target, request.body, key: key)
        var candidates = Candidates(indices: [], request: asked, exact: identical)
        switch matching.rigour {
        case .exact: candidates.indices = exact[identical] ?? []
        case .normal: candidates.indices = exact[identical] ?? normal[asked.fingerprint] ?? []
        case .conversation:
            let form = ConversationForm(asked)
            candidates.form = form
            candidates.indices = forms[form.fingerprint] ?? []
        }
        if candidates.indices.isEmpty, let api = matching.rendering.api {
            addCommon(api, request, target, to: &candidates)
        }
        let own = candidates.indices.filter { cards[$0].session == session }
        if !own.isEmpty { candidates.indices = own }
        return candidates
    }

    /// Adds recordings of the other API with the same common form.
    private func addCommon(
        _ api: RenderedAPI, _ request: Request, _ target: String, to candidates: inout Candidates
    ) {
        let recorded = RecordedRequest(method: request.method, target: target)
        guard RenderedAPI(recorded.endpoint) == api,
            let asked = NormalRequest.common(
                method: request.method, target: redaction.target(target),
                body: redaction.request(request.headers, request.body)?.body ?? request.body, of: api,
                ignored: matching.ignored)
        else { return }
        candidates.request = asked
        candidates.indices = common[asked.fingerprint] ?? []
    }

    /// The recordings of a session in their order; if the session has no recordings, all recordings of the cassette.
    func order(of session: String) -> [Int] { sessions[session] ?? Array(cards.indices) }

    /// The maximum number of recordings that a miss is compared with: the latest ones are compared.
    private static let compared = 1000

    /// The recording that differs least, with the differences; nil if the cassette is empty or can no longer be read.
    ///
    /// A difference in the operation counts more than any difference in a body. Recordings of the same path are compared first, then
    /// recordings of the same operation under another base URL.
    func nearest(to request: NormalRequest, among indices: [Int]? = nil) -> (
        index: Int, differences: [CassetteDifference]
    )? {
        let place = request.isCommon ? nil : places["\(request.method) \(Self.path(request.target))"]
        let operation = request.isCommon ? nil : Dialect.endpoint(of: request.method, request.target)
        // A recording without a path may also be of the same operation.
        let masked = request.isCommon ? [] : masks.flatMap { places["\(request.method) \($0)"] ?? [] }
        let same = (place ?? operation.flatMap { operations[$0] }).map { $0 + masked }
        let all = (indices ?? same ?? Array(cards.indices)).suffix(Self.compared).compactMap { index in
            (try? normalRequest(index, isCommon: request.isCommon)).map {
                (index, CassetteDifference.between($0, request))
            }
        }
        return all.min { $0.1.reduce(0) { $0 + $1.weight } < $1.1.reduce(0) { $0 + $1.weight } }
    }

    /// Whether a request differs from a recording only in its identifiers.
    func differsInNamesAlone(_ request: NormalRequest, from index: Int) -> Bool {
        guard matching.rigour == .normal, let recorded = try? normalRequest(index) else { return false }
        var asked = request
        if MaskedTarget.isMask(recorded.target) { asked.target = recorded.target }
        return ConversationForm(recorded).fingerprint == ConversationForm(asked).fingerprint
    }
}
