/// A recording without its bodies, for matching and messages.
package struct RecordingSummary: Sendable, Hashable {
    package let session: String
    package let number: Int
    package let method: String
    package let target: String
    package let ending: TapedEnding
    /// Nil if there was no answer.
    package let status: Int?
    /// The position in its `RecordingSource`.
    let position: Int
    let exact: TapeFingerprint?
    let normal: TapeFingerprint
    /// Set if requests are matched by conversation.
    var form: ConversationForm?
    /// The fingerprint of its common form, if its answer may be converted to the other API.
    var common: TapeFingerprint?
    /// Identifiers that first appear in its answer, in their order.
    var minted: [String] = []

    /// The name of the recording in messages: `default#3 POST /v1/chat/completions`.
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

/// Reads recordings by their position.
package protocol RecordingSource: Sendable {
    /// Whether reading a recording may wait for a disk.
    var mayBlock: Bool { get }

    /// - Parameter position: the position on the tape, from 0.
    func exchange(at position: Int) throws -> TapedExchange
}

/// A source whose recordings are all in memory.
package struct TapeInMemory: RecordingSource {
    private let exchanges: [TapedExchange]

    package init(_ exchanges: [TapedExchange]) { self.exchanges = exchanges }

    package var mayBlock: Bool { false }

    package func exchange(at position: Int) -> TapedExchange { exchanges[position] }
}

/// Builds the index of a tape, one exchange at a time.
package struct TapeIndexer {
    private let matching: TapeMatching
    private(set) var cards: [RecordingSummary] = []
    private var count = 0
    /// Identifiers on the tape so far.
    private var seen: Set<String> = []

    package init(_ matching: TapeMatching) { self.matching = matching }

    /// Adds the next exchange of the tape. Leaves out unfinished recordings, which cannot answer.
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
    ///   - header: the tape with the key and the masking rules.
    ///   - shelf: the source of all added exchanges, at the same positions.
    package func index(_ header: Tape, on shelf: any RecordingSource) throws(TapeRedaction.Mistake) -> TapeIndex {
        try TapeIndex(cards, header: header, matching: matching, on: shelf)
    }
}
