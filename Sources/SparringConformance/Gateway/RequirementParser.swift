import SparringJSON
import SparringScenario

/// Reads `expect` and `should` of a gateway case.
struct RequirementParser {
    let reader: YAMLReader

    static let keys = [
        "status", "text", "attempts", "attempts_per_call", "parameters", "headers", "request_id", "error", "stream",
        "paced", "contains", "stops", "usage", "cost", "spend", "hides", "distinct", "pauses", "limit", "budget",
        "full_budget",
    ]

    func requirements(_ node: YAMLNode, level: Level) -> [GatewayRequirement] {
        guard let mapping = reader.mapping(node, "the expectations", keys: Self.keys) else { return [] }
        return mapping.entries.flatMap { questions($0.key, $0.value) }.map { GatewayRequirement($0, level: level) }
    }

    private func questions(_ key: String, _ node: YAMLNode) -> [GatewayRequirement.Question] {
        switch key {
        case "status":
            let nodes = node.isScalar ? [node] : reader.sequence(node, key) ?? []
            return [.status(nodes.compactMap { reader.integer($0, key, atLeast: 100) })]
        case "attempts": return attempts(node)
        case "attempts_per_call": return range(node, key).map { [.attemptsPerCall($0)] } ?? []
        case "parameters": return [.parameters(texts(node, key))]
        case "headers":
            return (reader.mapping(node, key)?.entries ?? []).map { name, _, value in
                .header(name: name, value: value.json == true ? nil : reader.text(value, name))
            }
        case "error":
            let members = ["message", "type", "code", "param"]
            return (reader.mapping(node, key, keys: members)?.entries ?? []).compactMap { name, _, value in
                reader.text(value, name).map { .error(member: name, contains: $0) }
            }
        case "stream":
            return reader.choice(node, key, [("whole", [.wholeStream]), ("broken", [.brokenStream])]) ?? []
        case "contains": return texts(node, key).map { .contains($0) }
        case "stops": return reader.duration(node, key).map { [.stops(within: $0)] } ?? []
        case "pauses": return reader.duration(node, key).map { [.pauses($0)] } ?? []
        case "cost": return reader.integer(node, key).map { [.cost(tolerance: Double($0) / 100)] } ?? []
        case "spend": return reader.integer(node, key).map { [.spend(tolerance: Double($0) / 100)] } ?? []
        case "hides":
            let values: [(name: String, value: GatewayRequirement.Question)] = [
                ("keys", .hidesKeys), ("addresses", .hidesAddresses),
            ]
            return (reader.sequence(node, key) ?? []).compactMap { reader.choice($0, key, values) }
        default: return flag(key, node)
        }
    }

    /// The requirements that have no value of their own: `usage: true`.
    private func flag(_ key: String, _ node: YAMLNode) -> [GatewayRequirement.Question] {
        let flags: [String: GatewayRequirement.Question] = [
            "text": .text, "request_id": .requestID, "paced": .paced, "usage": .usage, "distinct": .distinct,
            "limit": .limit, "budget": .budget, "full_budget": .fullBudget,
        ]
        guard let question = flags[key], reader.boolean(node, key) == true else { return [] }
        return [question]
    }

    /// `2`, `{ max: 3 }`, or one of these for each upstream: `{ primary: 1, secondary: { min: 1 } }`.
    private func attempts(_ node: YAMLNode) -> [GatewayRequirement.Question] {
        let bounds = ["min", "max"]
        if node.isMapping, let mapping = reader.mapping(node, "attempts"),
            !mapping.entries.allSatisfy({ bounds.contains($0.key) })
        {
            return mapping.entries.compactMap { name, _, value in
                range(value, name).map { .attempts(upstream: name, $0) }
            }
        }
        return range(node, "attempts").map { [.attempts(upstream: nil, $0)] } ?? []
    }

    private func range(_ node: YAMLNode, _ what: String) -> ClosedRange<Int>? {
        if node.isScalar { return reader.integer(node, what).map { $0...$0 } }
        guard let mapping = reader.mapping(node, what, keys: ["min", "max"]) else { return nil }
        let low = mapping["min"].flatMap { reader.integer($0, "min") } ?? 0
        let high = mapping["max"].flatMap { reader.integer($0, "max") } ?? Int.max
        guard low <= high else {
            reader.note(node, "min must not be greater than max")
            return nil
        }
        return low...high
    }

    private func texts(_ node: YAMLNode, _ what: String) -> [String] {
        reader.sequence(node, what)?.compactMap { reader.text($0, what) } ?? []
    }
}
