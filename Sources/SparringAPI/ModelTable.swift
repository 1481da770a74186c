/// What Sparring knows of a model. Limits are in tokens.
package struct ModelInfo: Sendable, Hashable {
    package var id: String
    /// What `model` echoes: the dated snapshot that an alias stands for.
    package var snapshot: String
    package var kind: Kind
    package var contextWindow: Int
    package var maximumOutput: Int
    /// o-series and gpt-5 on: no `max_tokens`, no `temperature`, no `logprobs` key.
    package var isReasoning: Bool

    package enum Kind: Sendable, Hashable {
        case chat
        /// `isShortenable`: takes `dimensions`.
        case embedding(dimensions: Int, isShortenable: Bool)
        /// Known to the API, but no model of the endpoints emulated here.
        case other
    }

    package init(id: String, snapshot: String? = nil, kind: Kind = .chat, contextWindow: Int, maximumOutput: Int, isReasoning: Bool = false) {
        self.id = id
        self.snapshot = snapshot ?? id
        self.kind = kind
        self.contextWindow = contextWindow
        self.maximumOutput = maximumOutput
        self.isReasoning = isReasoning
    }
}

/// The models that answer, by id. Aliases, dated snapshots and fine-tunes (`ft:gpt-4o-mini:…`) are found too.
package struct ModelTable: Sendable {
    private var rows: [String: ModelInfo] = [:]

    package init() {}

    /// Every row, by id.
    package var all: [ModelInfo] { rows.values.sorted { $0.id < $1.id } }

    package subscript(id: String) -> ModelInfo? { rows[id] }
}
