import SparringAPI

/// Reads `limits:` and `accounts:`.
struct AccountsParser {
    let reader: YAMLReader

    static let rateKeys = [
        "requests_per_minute", "requests_per_day", "tokens_per_minute", "images_per_minute", "batch_queue_tokens",
    ]
    static let limitKeys = rateKeys + ["models", "operations"]
    static let operationLimitKeys = ["requests_per_minute", "requests_per_day", "images_per_minute"]
    static let modelLimitKeys = rateKeys + ["shared_with"]
    static let accountKeys = ["keys", "projects", "unknown_keys"]
    static let keyKeys = ["organization", "project", "revoked", "scopes", "limits"]
    static let projectKeys = ["models", "limits"]

    // MARK: Limits

    func limits(_ node: YAMLNode) -> Scenario.Limits? {
        guard let mapping = reader.mapping(node, "limits", keys: Self.limitKeys) else { return nil }
        var limits = Scenario.Limits(rates(mapping))
        if let operations = mapping["operations"] { limits.models = operationLimits(operations) }
        guard let models = mapping["models"].flatMap({ reader.mapping($0, "models") }) else { return limits }
        for (family, place, value) in models.entries {
            guard isFamily(family, place) else { continue }
            guard let row = reader.mapping(value, "the limits of a model", keys: Self.modelLimitKeys) else { continue }
            limits.models[family] = rates(row)
            let shared = row["shared_with"].flatMap { reader.sequence($0, "shared_with") } ?? []
            for node in shared {
                guard let other = reader.text(node, "a model"), isFamily(other, node) else { continue }
                if let first = limits.sharing.updateValue(family, forKey: other) {
                    reader.note(node, "'\(other)' already shares the limits of '\(first)'")
                }
            }
        }
        for (family, place, _) in models.entries {
            guard let owner = limits.sharing[family] else { continue }
            reader.note(
                place, "'\(family)' cannot have its own limits and share those of '\(owner)'; remove one of the two")
        }
        return limits
    }

    /// Reads the limits of families of operations.
    private func operationLimits(_ node: YAMLNode) -> [String: Scenario.Rates] {
        let known = Set(OpenAPIDocument.builtIn.operations.map(\.family)).sorted()
        var limits: [String: Scenario.Rates] = [:]
        for (family, place, value) in reader.mapping(node, "operations")?.entries ?? [] {
            guard known.contains(family) else {
                reader.note(
                    place, "a family of operations", isNoneOf: known, guesses: Nearest.names(to: family, among: known))
                continue
            }
            let row = reader.mapping(value, "the limits of a family of operations", keys: Self.operationLimitKeys)
            limits[family] = row.map(rates)
        }
        return limits
    }

    private func rates(_ mapping: YAMLMapping) -> Scenario.Rates {
        func rate(_ key: String) -> Int? { mapping[key].flatMap { reader.integer($0, key, atLeast: 1) } }
        return Scenario.Rates(
            requestsPerMinute: rate("requests_per_minute"), requestsPerDay: rate("requests_per_day"),
            tokensPerMinute: rate("tokens_per_minute"), imagesPerMinute: rate("images_per_minute"),
            batchQueueTokens: rate("batch_queue_tokens"))
    }

    /// Reports a mistake if the name is that of a snapshot. A snapshot's calls count for its family, so its own limit
    /// would have no effect.
    private func isFamily(_ name: String, _ node: YAMLNode) -> Bool {
        guard let family = ModelTable.builtIn[name]?.family, family != name else { return true }
        reader.note(node, "calls of '\(name)' count for '\(family)'; set the limit of '\(family)'")
        return false
    }

    // MARK: Accounts

    func accounts(_ node: YAMLNode) -> Scenario.Accounts? {
        guard let mapping = reader.mapping(node, "accounts", keys: Self.accountKeys) else { return nil }
        let keys = mapping["keys"].flatMap { reader.mapping($0, "keys") }
        let projects = mapping["projects"].flatMap { reader.mapping($0, "projects") }
        let unknown = mapping["unknown_keys"].flatMap {
            reader.choice($0, "unknown_keys", [("refuse", false), ("accept", true)])
        }
        if mapping["keys"] == nil { reader.note(node, "accounts need `keys`, such as keys: { sk-mine: {} }") }
        return Scenario.Accounts(
            keys: (keys?.entries ?? []).reduce(into: [:]) { $0[$1.key] = key($1.value) },
            projects: (projects?.entries ?? []).reduce(into: [:]) { $0[$1.key] = project($1.value) },
            acceptsUnknownKeys: unknown ?? false)
    }

    private func key(_ node: YAMLNode) -> Scenario.Key? {
        guard let mapping = reader.mapping(node, "a key", keys: Self.keyKeys) else { return nil }
        return Scenario.Key(
            organizations: mapping["organization"].map { names($0, "organization") } ?? [],
            projects: mapping["project"].map { names($0, "project") } ?? [],
            isRevoked: mapping["revoked"].flatMap { reader.boolean($0, "revoked") } ?? false,
            scopes: mapping["scopes"].map(scopes), limits: mapping["limits"].flatMap(limits))
    }

    private func scopes(_ node: YAMLNode) -> [String] {
        let known = Endpoint.scopes.map { (name: $0, value: $0) }
        return (reader.sequence(node, "scopes") ?? []).compactMap { reader.choice($0, "a scope", known) }
    }

    private func project(_ node: YAMLNode) -> Scenario.Project? {
        guard let mapping = reader.mapping(node, "a project", keys: Self.projectKeys) else { return nil }
        return Scenario.Project(
            models: mapping["models"].map { names($0, "models") }, limits: mapping["limits"].flatMap(limits))
    }

    /// Reads one name or a list of names.
    private func names(_ node: YAMLNode, _ what: String) -> [String] {
        guard node.isSequence else { return reader.text(node, what).map { [$0] } ?? [] }
        return (reader.sequence(node, what) ?? []).compactMap { reader.text($0, what) }
    }
}
