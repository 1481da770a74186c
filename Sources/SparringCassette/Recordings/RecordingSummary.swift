import SparringAPI

/// A recording without its bodies, for matching and messages.
package struct RecordingSummary: Sendable, Hashable {
    package let session: String
    package let number: Int
    package let method: String
    package let target: String
    package let ending: RecordedEnding
    /// The status of the answer; nil if there was no answer.
    package let status: Int?
    /// The position of the recording in its `RecordingSource`.
    let position: Int
    /// The operation of the request or handshake; nil if the operation is not known.
    let endpoint: String?
    let exact: CassetteFingerprint?
    let normal: CassetteFingerprint
    /// The request's form; set if requests are matched by conversation.
    var form: ConversationForm?
    /// The fingerprint of the request's common form, if the answer may be converted to the other API.
    var common: CassetteFingerprint?
    /// The identifiers that first appear in the recording's answer, in their order.
    var minted: [String] = []

    /// The name of the recording in messages: `default#3 POST /v1/chat/completions`.
    package var words: String { "\(session)#\(number) \(method) \(target)" }

    init(_ exchange: RecordedExchange, at position: Int, normal: NormalRequest) {
        session = exchange.session
        number = exchange.number
        method = exchange.request.method
        target = exchange.request.target
        ending = exchange.ending
        status = exchange.answer?.status
        self.position = position
        endpoint = exchange.request.endpoint?.rawValue
        exact = exchange.request.fingerprint
        self.normal = normal.fingerprint
    }
}

/// Reads recordings by their position.
package protocol RecordingSource: Sendable {
    /// Whether reading a recording may wait for a disk.
    var mayBlock: Bool { get }

    /// - Parameter position: the position in the cassette, from 0.
    func exchange(at position: Int) throws -> RecordedExchange
}

/// A source whose recordings are all in memory.
package struct CassetteInMemory: RecordingSource {
    private let exchanges: [RecordedExchange]

    package init(_ exchanges: [RecordedExchange]) { self.exchanges = exchanges }

    package var mayBlock: Bool { false }

    package func exchange(at position: Int) -> RecordedExchange { exchanges[position] }
}

/// Builds the index of a cassette, one exchange at a time.
package struct CassetteIndexer {
    private let matching: CassetteMatching
    private(set) var cards: [RecordingSummary] = []
    private var count = 0
    /// The identifiers in the exchanges that were added so far.
    private var seen: Set<String> = []

    package init(_ matching: CassetteMatching) { self.matching = matching }

    /// Adds the next exchange of the cassette. An unfinished recording is not added, because it cannot answer.
    package mutating func add(_ exchange: RecordedExchange) {
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
    ///   - header: the cassette with the key and the masking rules.
    ///   - shelf: the source of all added exchanges, which are at the same positions in it.
    package func index(_ header: Cassette, on shelf: any RecordingSource) throws(CassetteRedaction.Mistake)
        -> CassetteIndex
    {
        try CassetteIndex(cards, header: header, matching: matching, on: shelf)
    }
}
