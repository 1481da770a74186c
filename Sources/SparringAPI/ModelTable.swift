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

    package enum Kind: Sendable, Hashable {
        case chat
        /// `isShortenable`: takes `dimensions`.
        case embedding(dimensions: Int, isShortenable: Bool)
        /// Known to the API, but no model of the endpoints emulated here.
        case other
    }

    package init(
        id: String, snapshot: String? = nil, kind: Kind = .chat, contextWindow: Int, maximumOutput: Int,
        isReasoning: Bool = false
    ) {
        self.id = id
        family = id
        self.snapshot = snapshot ?? id
        self.kind = kind
        self.contextWindow = contextWindow
        self.maximumOutput = maximumOutput
        self.isReasoning = isReasoning
    }
}

/// The models that answer, by id. Aliases, dated snapshots and fine-tunes (`ft:gpt-4o-mini:…`) are found too.
package struct ModelTable: Sendable {
    private var rows: [String: ModelInfo]

    package init(_ models: [ModelInfo] = []) {
        rows = Dictionary(models.map { ($0.id, $0) }, uniquingKeysWith: { _, last in last })
    }

    /// Every row, by id.
    package var all: [ModelInfo] { rows.values.sorted { $0.id < $1.id } }

    package subscript(id: String) -> ModelInfo? {
        if let row = rows[id] { return row }
        if id.hasPrefix("ft:"), let base = id.split(separator: ":").dropFirst().first, let row = self[String(base)] {
            return renamed(row, id)
        }
        guard let alias = Self.withoutDate(id), let row = rows[alias] else { return nil }
        return renamed(row, id)
    }

    /// A table with one row changed. A new id becomes a chat model without a snapshot of its own.
    package func adding(_ id: String, contextWindow: Int?, maximumOutput: Int?) -> ModelTable {
        var row = self[id] ?? ModelInfo(id: id, contextWindow: 128_000, maximumOutput: 16_384)
        row.contextWindow = contextWindow ?? row.contextWindow
        row.maximumOutput = maximumOutput ?? row.maximumOutput
        var table = self
        table.rows[id] = row
        return table
    }

    /// A table with one more row, or another one for the same id.
    package func adding(_ row: ModelInfo) -> ModelTable {
        var table = self
        table.rows[row.id] = row
        return table
    }

    /// Asked for by its full name, a model answers by that name.
    private func renamed(_ row: ModelInfo, _ id: String) -> ModelInfo {
        var row = row
        row.id = id
        row.snapshot = id
        return row
    }

    /// `gpt-4o` for `gpt-4o-2024-08-06` and `gpt-4-0613`; nil where there is no date at the end.
    private static func withoutDate(_ id: String) -> String? {
        let parts = id.split(separator: "-", omittingEmptySubsequences: false)
        func isNumber(_ part: Substring, digits: Int) -> Bool {
            part.utf8.count == digits && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
        if let last = parts.last, parts.count > 1, isNumber(last, digits: 4) {
            return parts.dropLast().joined(separator: "-")
        }
        guard parts.count > 3, isNumber(parts[parts.count - 3], digits: 4), isNumber(parts[parts.count - 2], digits: 2),
            isNumber(parts[parts.count - 1], digits: 2)
        else { return nil }
        return parts.dropLast(3).joined(separator: "-")
    }
}
