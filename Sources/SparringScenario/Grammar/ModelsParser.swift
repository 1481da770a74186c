import SparringAPI
import SparringJSON

/// Reads `models`: rows that change the table of models or add to it, by model id; `"*"` changes every row. `models:
/// strict`, or `policy: strict` next to rows, sets how calls of other models are handled.
struct ModelsParser {
    let reader: YAMLReader

    static let keys = [
        "like", "kind", "snapshot", "context_window", "max_output", "dimensions", "reasoning", "shutdown_date",
        "access",
    ]
    static let kinds: [(name: String, value: ModelInfo.Kind)] = [
        ("chat", .chat), ("responses", .responsesOnly), ("completion", .completion(takesSuffix: true)),
        ("embedding", .embedding(dimensions: 1536, isShortenable: true)),
        ("moderation", .moderation(readsImages: true)), ("transcription", .transcription), ("speech", .speech),
        ("image", .image),
    ]

    func models(_ node: YAMLNode) -> (policy: ModelPolicy?, rows: [String: ModelOverride]) {
        if node.isScalar { return (policy(node, "models"), [:]) }
        guard let mapping = reader.mapping(node, "models") else { return (nil, [:]) }
        return (mapping["policy"].flatMap { policy($0, "policy") }, rows(mapping))
    }

    private func policy(_ node: YAMLNode, _ key: String) -> ModelPolicy? {
        reader.choice(node, key, ModelPolicy.allCases.map { ($0.rawValue, $0) })
    }

    private func rows(_ mapping: YAMLMapping) -> [String: ModelOverride] {
        mapping.entries.reduce(into: [:]) { rows, entry in
            guard entry.key != "policy", let row = reader.mapping(entry.value, "a model", keys: Self.keys) else {
                return
            }
            rows[entry.key] = override(row)
        }
    }

    private func override(_ row: YAMLMapping) -> ModelOverride {
        func number(_ key: String) -> Int? { row[key].flatMap { reader.integer($0, key, atLeast: 1) } }
        var override = ModelOverride(contextWindow: number("context_window"), maximumOutput: number("max_output"))
        override.like = row["like"].flatMap(known)
        override.kind = row["kind"].flatMap { reader.choice($0, "kind", Self.kinds) }
        override.snapshot = row["snapshot"].flatMap { reader.text($0, "snapshot") }
        override.isReasoning = row["reasoning"].flatMap { reader.boolean($0, "reasoning") }
        override.isAccessible = row["access"].flatMap { reader.boolean($0, "access") }
        override.shutdown = row["shutdown_date"].flatMap(shutdown)
        if let dimensions = number("dimensions") {
            override.kind = .embedding(dimensions: dimensions, isShortenable: true)
            if let kind = row["kind"], kind.string != "embedding" {
                reader.note(kind, "only embedding models have 'dimensions': write `kind: embedding`, or remove 'kind'")
            }
        }
        return override
    }

    private func known(_ node: YAMLNode) -> String? {
        guard let id = reader.text(node, "like") else { return nil }
        guard ModelTable.builtIn[id] == nil else { return id }
        let question = Nearest.question(about: id, among: ModelTable.builtIn.all.map(\.id)).map { "; \($0)" } ?? ""
        reader.note(node, "there is no built-in model '\(id)'\(question)")
        return nil
    }

    private func shutdown(_ node: YAMLNode) -> ModelOverride.Shutdown? {
        if node.string == "never" { return .never }
        if let date = node.string.flatMap({ CivilDate($0) }) { return .on(date) }
        reader.note(node, "shutdown_date must be a date such as 2026-10-23, or never, not \(node.inWords)")
        return nil
    }
}
