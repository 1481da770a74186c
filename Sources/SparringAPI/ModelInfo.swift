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
    package var isReasoning: Bool
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
