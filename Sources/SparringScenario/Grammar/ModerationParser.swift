import SparringAPI
import SparringJSON

/// Reads `moderation`: one verdict for every input, or a list with one verdict per input.
///
///     moderation: { categories: { violence: true, hate: 0.2 } }
struct ModerationParser {
    let reader: YAMLReader

    static let keys = ["flagged", "categories"]

    func verdicts(_ node: YAMLNode) -> [ModerationVerdict]? {
        guard node.isSequence else { return verdict(node).map { [$0] } }
        guard let nodes = reader.sequence(node, "moderation") else { return nil }
        if nodes.isEmpty { reader.note(node, "`moderation` is empty: add a verdict, such as { flagged: false }") }
        return nodes.compactMap(verdict)
    }

    private func verdict(_ node: YAMLNode) -> ModerationVerdict? {
        guard let mapping = reader.mapping(node, "a moderation", keys: Self.keys) else { return nil }
        var verdict = ModerationVerdict(flagged: mapping["flagged"].flatMap { reader.boolean($0, "flagged") })
        guard let categories = mapping["categories"] else { return verdict }
        let names = ModerationCategory.allCases.map(\.rawValue)
        for entry in reader.mapping(categories, "categories", keys: names)?.entries ?? [] {
            guard let category = ModerationCategory(rawValue: entry.key) else { continue }
            switch entry.value.json {
            case .bool(let flag): verdict.categories[category] = flag
            case .number(let number) where (0...1).contains(number.double):
                verdict.scores[category] = number.double
                verdict.categories[category] = number.double >= 0.5
            default:
                reader.note(
                    entry.value, "a category must be true, false or a score from 0 to 1, not \(entry.value.inWords)")
            }
        }
        return verdict
    }
}
