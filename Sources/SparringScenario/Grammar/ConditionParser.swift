import SparringAPI
import SparringJSON

/// Reads `when`, the condition of a rule.
struct ConditionParser {
    let reader: YAMLReader

    static let plainFields: [(name: String, value: Field)] = [
        ("endpoint", .endpoint), ("model", .model), ("last.user", .lastUser), ("system", .system),
        ("offers_tool", .offersTool), ("tool_result", .toolResult), ("stream", .stream), ("turn", .turn),
        ("event", .event),
    ]
    static let keys =
        plainFields.map(\.name) + ["header.NAME", "path.\"$.a.b\"", "attempt", "nth", "chance", "all", "any", "not"]
    static let matchKeys = ["contains", "glob", "regex", "one_of", "exists"]
    /// Keys that belong in other places, with the text to write instead.
    static let matchAdvice = ["not": "`not` stands around a condition, such as when: { not: { model: gpt-4o } }"]

    /// Reads a mapping of conditions. All of the conditions must be true.
    func condition(_ node: YAMLNode) -> Condition? {
        guard let mapping = reader.mapping(node, "when") else { return nil }
        return .all(mapping.entries.compactMap { single($0.key, $0.keyNode, $0.value) })
    }

    private func single(_ key: String, _ keyNode: YAMLNode, _ node: YAMLNode) -> Condition? {
        switch key {
        case "all": return list(node, key).map { .all($0) }
        case "any": return list(node, key).map { .any($0) }
        case "not": return condition(node).map { .not($0) }
        case "attempt": return range(node, key).map { .attempt($0) }
        case "nth": return range(node, key).map { .nth($0) }
        case "chance":
            guard case .number(let number) = node.json, (0...1).contains(number.double) else {
                reader.note(node, "chance must be a number from 0 to 1, not \(node.inWords)")
                return nil
            }
            return .chance(number.double)
        default: return field(key, keyNode).flatMap { field in match(node, field).map { .field(field, $0) } }
        }
    }

    private func list(_ node: YAMLNode, _ what: String) -> [Condition]? {
        reader.sequence(node, what)?.compactMap(condition)
    }

    /// Reads `2` or `{ min: 2, max: 4 }`.
    private func range(_ node: YAMLNode, _ what: String) -> ClosedRange<Int>? {
        if node.isScalar { return reader.integer(node, what, atLeast: 1).map { $0...$0 } }
        guard let mapping = reader.mapping(node, what, keys: ["min", "max"]) else { return nil }
        let low = mapping["min"].flatMap { reader.integer($0, "min", atLeast: 1) } ?? 1
        let high = mapping["max"].flatMap { reader.integer($0, "max", atLeast: 1) } ?? Int.max
        guard low <= high else {
            reader.note(node, "min must not be greater than max")
            return nil
        }
        return low...high
    }

    private func field(_ key: String, _ node: YAMLNode) -> Field? {
        if let field = Self.plainFields.first(where: { $0.name == key })?.value { return field }
        if key.hasPrefix("header."), key.count > 7 { return .header(String(key.dropFirst(7))) }
        if key.hasPrefix("path.") {
            let text = String(key.dropFirst(5)).filter { $0 != "\"" }
            if let path = JSONPath(text) { return .path(path) }
            reader.note(node, "'\(text)' is not a path; paths look like $.messages[0].content")
            return nil
        }
        let hint =
            Nearest.question(about: key, among: Self.keys) ?? "the keys are \(Self.keys.joined(separator: ", "))"
        reader.note(node, "unknown key '\(key)' in `when`; \(hint)")
        return nil
    }

    private func match(_ node: YAMLNode, _ field: Field) -> Match? {
        guard node.isMapping else {
            if field == .event, let name = node.string, !CallView.events.contains(name) {
                let guesses = Nearest.names(to: name, among: CallView.events)
                reader.note(node, "event", isNoneOf: CallView.events, guesses: guesses)
            }
            guard field == .endpoint, let name = node.string else { return .equals(node.json) }
            guard let known = OperationNames.canonical(name) else {
                reader.note(node, "endpoint cannot be '\(name)'; \(OperationNames.question(about: name))")
                return nil
            }
            return .equals(.string(known))
        }
        guard let mapping = reader.mapping(node, "a match", keys: Self.matchKeys, advice: Self.matchAdvice),
            let entry = mapping.entries.first
        else { return nil }
        guard mapping.entries.count == 1 else {
            reader.note(node, "a match has one key; write several conditions under `all`")
            return nil
        }
        switch entry.key {
        case "contains": return reader.text(entry.value, "contains").map { .contains($0) }
        case "glob": return reader.text(entry.value, "glob").map { .glob($0) }
        case "regex":
            return reader.text(entry.value, "regex").flatMap { text in
                do throws(PatternError) {
                    return .regex(try Pattern(text))
                } catch {
                    reader.note(entry.value, "regex: \(error.reason), at character \(error.position + 1)")
                    return nil
                }
            }
        case "one_of":
            return reader.sequence(entry.value, "one_of").map { nodes in
                .oneOf(
                    nodes.map { node in
                        let name = field == .endpoint ? node.string.flatMap { OperationNames.canonical($0) } : nil
                        return name.map { .string($0) } ?? node.json
                    })
            }
        case "exists": return reader.boolean(entry.value, "exists").map { .exists($0) }
        default: return nil
        }
    }
}

extension Condition {
    /// The names of the groups that the condition's regexes capture.
    package var captures: [String] {
        switch self {
        case .all(let list), .any(let list): list.flatMap(\.captures)
        case .not(let condition): condition.captures
        case .field(_, .regex(let pattern)): pattern.names
        case .field, .attempt, .nth, .chance: []
        }
    }
}
