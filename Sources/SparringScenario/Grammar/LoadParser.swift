import SparringJSON

/// Reads `load`.
struct LoadParser {
    let reader: YAMLReader
    let errors: ScenarioLoader.Errors

    static let keys = ["slower", "slots", "queue", "full", "retry_after"]

    func load(_ node: YAMLNode) -> Load? {
        guard let mapping = reader.mapping(node, "load", keys: Self.keys) else { return nil }
        var load = Load()
        load.slower = mapping["slower"].flatMap(share) ?? 0
        load.slots = mapping["slots"].flatMap { reader.integer($0, "slots", atLeast: 1) }
        load.queue = mapping["queue"].flatMap { reader.integer($0, "queue") }
        if let full = mapping["full"] {
            let name = full.string ?? ""
            if errors.names.contains(name) {
                load.full.name = name
            } else {
                reader.note(full, "full", isNoneOf: errors.names, guesses: errors.guesses(for: name))
            }
        }
        load.full.retryAfter = mapping["retry_after"].flatMap { reader.duration($0, "retry_after") }.map {
            .seconds($0)
        }
        if mapping["slower"] == nil, mapping["slots"] == nil {
            reader.note(node, "load is empty: add `slower`, `slots` or both")
        }
        if let queue = mapping["queue"], mapping["slots"] == nil {
            reader.note(queue, "`queue` needs `slots`, the number of answers at once")
        }
        for key in ["full", "retry_after"] where mapping["queue"] == nil {
            if let node = mapping[key] {
                reader.note(node, "`\(key)` needs a limited queue, such as `queue: 16`")
            }
        }
        return load
    }

    private func share(_ node: YAMLNode) -> Double? {
        if case .number(let number) = node.json, number.double >= 0, number.double <= 100 { return number.double }
        if let text = node.string, text.hasSuffix("%"), let percent = Double(text.dropLast()),
            (0...10_000).contains(percent)
        {
            return percent / 100
        }
        reader.note(
            node,
            "slower must be a share, such as 10% or 0.1, that each concurrent call adds to the times, not \(node.inWords)"
        )
        return nil
    }
}
