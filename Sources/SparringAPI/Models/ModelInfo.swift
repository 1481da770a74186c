package import SparringTokens

/// What Sparring knows of a model. Limits are in tokens.
package struct ModelInfo: Sendable, Hashable {
    package var id: String
    /// What `model` echoes: the dated snapshot that an alias stands for.
    package var snapshot: String
    /// The model that its snapshots and fine-tunes are of: what limits count by.
    package let family: String
    package var kind: Kind
    package var contextWindow: Int
    package var maximumOutput: Int
    /// o-series and gpt-5 on: no `max_tokens`, no `temperature`, no `logprobs` key.
    package var isReasoning: Bool { didSet { traits = ChatTraits(id: id, isReasoning: isReasoning) } }
    /// What the chat endpoint makes of it.
    private(set) var traits: ChatTraits
    /// What cuts its texts into tokens.
    package var encoding: TokenEncoding
    /// Counts its tokens; an estimate unless the table that the model comes from has vocabularies.
    package var counter = TokenCounter.estimate
    /// From this day on calls are refused; nil where none was announced.
    package var shutdown: CivilDate?
    /// False: the model is there, and the caller's project may not use it.
    package var isAccessible = true
    /// A scenario has set the day: it counts by the session's time, whatever that is.
    var isShutdownScripted = false

    package enum Kind: Sendable, Hashable {
        case chat
        /// Answers on `/v1/responses` alone.
        case responsesOnly
        /// `isShortenable`: takes `dimensions`.
        case embedding(dimensions: Int, isShortenable: Bool)
        /// `takesSuffix`: fills in text between a prompt and what is behind it.
        case completion(takesSuffix: Bool)
        /// `readsImages`: the omni models, with thirteen categories instead of eleven.
        case moderation(readsImages: Bool)
        /// Listens: transcribes, and some translate.
        case transcription
        /// Reads aloud.
        case speech
        /// Known to the API, but no model of the endpoints emulated here.
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

    /// Whether jobs can make fine-tunes of it.
    ///
    /// Source: https://platform.openai.com/docs/guides/model-optimization (November 2026); fine-tunes go on from fine-tunes.
    package var isTunable: Bool {
        let base = id.hasPrefix("ft:") ? String(id.split(separator: ":").dropFirst().first ?? "") : id
        return Self.tunable.contains { base == $0 || base.hasPrefix($0 + "-20") || base.hasPrefix($0 + "-0125") }
    }

    private static let tunable = [
        "gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano", "gpt-4o", "gpt-4o-mini", "gpt-3.5-turbo", "o4-mini", "babbage-002",
        "davinci-002",
    ]

    /// Asked for by its full name, a model answers by that name, which may be that of an older one with other traits.
    func renamed(_ id: String) -> ModelInfo {
        var row = self
        row.id = id
        row.snapshot = id
        row.traits = ChatTraits(id: id, isReasoning: isReasoning)
        return row
    }
}

/// What a scenario changes in a row of the table of models; nil leaves what is there.
package struct ModelOverride: Sendable, Hashable {
    /// A row of the built-in table that a new one begins with. Without it: a chat model's.
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
