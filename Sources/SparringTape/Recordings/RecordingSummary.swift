/// What is known of a recording without its bodies: enough to find it and to speak of it.
package struct RecordingSummary: Sendable, Hashable {
    package let session: String
    package let number: Int
    package let method: String
    package let target: String
    package let ending: TapedEnding
    /// Nil where there was no answer.
    package let status: Int?
    /// On its shelf.
    let position: Int
    let exact: TapeFingerprint?
    let normal: TapeFingerprint
    /// Where requests are matched by conversation.
    var form: ConversationForm?
    /// What it asks in common words, where its answer may be told in the other API.
    var common: TapeFingerprint?
    /// Identifiers that its answer was the first to name, in the order in which it does.
    var minted: [String] = []

    /// `default#3 POST /v1/chat/completions`
    package var words: String { "\(session)#\(number) \(method) \(target)" }

    init(_ exchange: TapedExchange, at position: Int, normal: NormalRequest) {
        session = exchange.session
        number = exchange.number
        method = exchange.request.method
        target = exchange.request.target
        ending = exchange.ending
        status = exchange.answer?.status
        self.position = position
        exact = exchange.request.fingerprint
        self.normal = normal.fingerprint
    }
}

/// Where recordings are, for those who know which one they want.
package protocol RecordingSource: Sendable {
    /// Whether to take one from it may have to wait for a disk.
    var mayBlock: Bool { get }

    /// - Parameter position: in the order of the tape, from 0.
    func exchange(at position: Int) throws -> TapedExchange
}

/// A tape that memory has room for.
package struct TapeInMemory: RecordingSource {
    private let exchanges: [TapedExchange]

    package init(_ exchanges: [TapedExchange]) { self.exchanges = exchanges }

    package var mayBlock: Bool { false }

    package func exchange(at position: Int) -> TapedExchange { exchanges[position] }
}

/// Makes the index of a tape, an exchange at a time.
package struct TapeIndexer {
    private let matching: TapeMatching
    private(set) var cards: [RecordingSummary] = []
    private var count = 0
    /// Identifiers that the tape has named so far.
    private var seen: Set<String> = []

    package init(_ matching: TapeMatching) { self.matching = matching }

    /// In the order of the tape. What was not recorded to its end cannot answer, and is left out.
    package mutating func add(_ exchange: TapedExchange) {
        defer { count += 1 }
        guard exchange.ending != .unfinished else { return }
        let request = exchange.request
        let normal = NormalRequest(
            method: request.method, target: request.target, headers: request.headers, body: request.body,
            ignored: matching.ignored)
        var card = RecordingSummary(exchange, at: count, normal: normal)
        if matching.rigour == .conversation {
            let form = ConversationForm(normal)
            seen.formUnion(form.identifiers)
            card.form = form
            card.minted = IdentifierList.of(exchange.answer?.plainBody ?? []).filter { seen.insert($0).inserted }
        }
        if let wanted = matching.rendering.api, let api = RenderedAPI(request.endpoint), api != wanted {
            card.common =
                NormalRequest.common(
                    method: request.method, target: request.target, body: request.body, of: api,
                    ignored: matching.ignored)?.fingerprint
        }
        cards.append(card)
    }

    /// - Parameters:
    ///   - header: whose key it has, and what it was masked by.
    ///   - shelf: with all that was added, at the same positions.
    package func index(_ header: Tape, on shelf: any RecordingSource) throws(TapeRedaction.Mistake) -> TapeIndex {
        try TapeIndex(cards, header: header, matching: matching, on: shelf)
    }
}
