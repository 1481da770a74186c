package import SparringTokens

/// The properties of a model. The limits of a model are in tokens.
package struct ModelInfo: Sendable, Hashable {
    package var id: String
    /// The model name in answers: the dated snapshot of an alias.
    package var snapshot: String
    /// The model that snapshots and fine-tuned models are derived from; rate limits are counted for this model.
    package let family: String
    package var kind: Kind
    package var contextWindow: Int
    package var maximumOutput: Int
    /// True for the o-series, gpt-5 and later: these accept neither `max_tokens` nor `temperature`, and their choices
    /// have no `logprobs` key.
    package var isReasoning: Bool { didSet { traits = ChatTraits(id: id, isReasoning: isReasoning) } }
    /// The model's properties on the chat endpoint.
    private(set) var traits: ChatTraits
    /// The tokenizer's encoding.
    package var encoding: TokenEncoding
    /// The tokenizer; an estimate unless the table has vocabularies.
    package var counter = TokenCounter.estimate
    /// The day from which calls are rejected; nil if no day is announced.
    package var shutdown: CivilDate?
    /// False if the model exists but the caller's project may not use the model.
    package var isAccessible = true
    /// True if a scenario set the shutdown day. A scripted day applies at any session time.
    var isShutdownScripted = false

    package enum Kind: Sendable, Hashable {
        case chat
        /// The model is available only on `/v1/responses`.
        case responsesOnly
        /// `isShortenable`: accepts `dimensions`.
        case embedding(dimensions: Int, isShortenable: Bool)
        /// `takesSuffix`: fills in text between a prompt and a suffix.
        case completion(takesSuffix: Bool)
        /// `readsImages`: true for the omni models, which have thirteen categories instead of eleven.
        case moderation(readsImages: Bool)
        /// Transcribes audio; some of these models also translate.
        case transcription
        /// Text to speech.
        case speech
        /// Makes images.
        case image
        /// A known model of endpoints that are not emulated.
        case other
    }

    package init(
        id: String, snapshot: String? = nil, kind: Kind = .chat, contextWindow: Int, maximumOutput: Int,
        isReasoning: Bool = false, shutdown: CivilDate? = nil
    ) {
        self.id = id
        family = id
        self.snapshot = snapshot ?? id
        self.kind = kind
        self.contextWindow = contextWindow
        self.maximumOutput = maximumOutput
        self.isReasoning = isReasoning
        self.shutdown = shutdown
        encoding = TokenEncoding(model: id)
        traits = ChatTraits(id: id, isReasoning: isReasoning)
    }

    /// True if the model can be fine-tuned.
    ///
    /// Source: https://platform.openai.com/docs/guides/model-optimization (November 2026); fine-tuned models can be
    /// tuned further.
    package var isTunable: Bool {
        let base = id.hasPrefix("ft:") ? String(id.split(separator: ":").dropFirst().first ?? "") : id
        return Self.tunable.contains { base == $0 || base.hasPrefix($0 + "-20") || base.hasPrefix($0 + "-0125") }
    }

    private static let tunable = [
        "gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano", "gpt-4o", "gpt-4o-mini", "gpt-3.5-turbo", "o4-mini", "babbage-002",
        "davinci-002",
    ]

    /// The model under the full name in the request, which answers repeat. An older snapshot may have other traits.
    func renamed(_ id: String) -> ModelInfo {
        var row = self
        row.id = id
        row.snapshot = id
        row.traits = ChatTraits(id: id, isReasoning: isReasoning)
        return row
    }
}

/// A scenario's changes to a row of the model table; nil keeps the current value.
package struct ModelOverride: Sendable, Hashable {
    /// The row of the built-in table to copy; a chat model by default.
    package var like: String?
    package var snapshot: String?
    package var kind: ModelInfo.Kind?
    package var contextWindow: Int?
    package var maximumOutput: Int?
    package var isReasoning: Bool?
    package var shutdown: Shutdown?
    package var isAccessible: Bool?

    package enum Shutdown: Sendable, Hashable {
        case never
        case on(CivilDate)
    }

    package init(contextWindow: Int? = nil, maximumOutput: Int? = nil) {
        self.contextWindow = contextWindow
        self.maximumOutput = maximumOutput
    }

    func apply(to row: inout ModelInfo) {
        row.snapshot = snapshot ?? row.snapshot
        row.kind = kind ?? row.kind
        row.contextWindow = contextWindow ?? row.contextWindow
        row.maximumOutput = maximumOutput ?? row.maximumOutput
        row.isReasoning = isReasoning ?? row.isReasoning
        row.isAccessible = isAccessible ?? row.isAccessible
        guard let shutdown else { return }
        row.isShutdownScripted = true
        row.shutdown = if case .on(let date) = shutdown { date } else { nil }
    }
}
