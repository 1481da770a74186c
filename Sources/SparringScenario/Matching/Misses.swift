import SparringJSON

/// The reason why a rule does not match a request: its first difference.
package struct Miss: Sendable, Hashable {
    package var rule: Int
    /// The number of conditions that were fulfilled before the first difference.
    package var held: Int
    package var reason: String
}

extension Scenario {
    /// The first difference of each rule that does not match.
    package func misses(_ view: CallView) -> [Miss] {
        rules.enumerated().compactMap { index, rule in
            guard let condition = rule.condition else { return nil }
            var ignored: [String: String] = [:]
            guard case .no = condition.verdict(view, &ignored) else { return nil }
            let (held, reason) = condition.firstDifference(view)
            return Miss(rule: index, held: held, reason: reason)
        }
    }

    /// A sentence for the error of an unmatched request: the nearest rule, and its first difference.
    package func whyUnmatched(_ view: CallView) -> String {
        guard !rules.isEmpty else { return "the scenario '\(name)' has no rules" }
        guard let nearest = misses(view).max(by: { ($0.held, $1.rule) < ($1.held, $0.rule) }) else {
            return "every rule that otherwise matches failed its condition on attempt, nth or chance"
        }
        let label = rules[nearest.rule].name.map { " \"\($0)\"" } ?? ""
        let rule = "rule \(nearest.rule + 1)\(label)"
        return "no rule of the scenario '\(name)' matched; the nearest is \(rule): \(nearest.reason)"
    }
}

extension Condition {
    fileprivate func firstDifference(_ view: CallView) -> (held: Int, reason: String) {
        var ignored: [String: String] = [:]
        switch self {
        case .all(let conditions):
            for (index, condition) in conditions.enumerated() {
                guard case .no = condition.verdict(view, &ignored) else { continue }
                return (index + condition.firstDifference(view).held, condition.firstDifference(view).reason)
            }
            return (conditions.count, "nothing")
        case .any(let conditions):
            return (0, "none of: " + conditions.map { $0.firstDifference(view).reason }.joined(separator: "; "))
        case .not(let condition): return (0, "must not match: \(condition.words)")
        case .field(let field, let match):
            let values = field.values(in: view)
            let actual = values.isEmpty ? "nothing" : values.map { $0.text() }.joined(separator: ", ")
            return (0, "\(field.words) should be \(match.words), but is \(actual.prefix(200))")
        case .attempt, .nth, .chance: return (0, "\(words) was not met")
        }
    }

    private var words: String {
        switch self {
        case .field(let field, let match): "\(field.words) is \(match.words)"
        case .all(let list): list.map(\.words).joined(separator: " and ")
        case .any(let list): list.map(\.words).joined(separator: " or ")
        case .not(let condition): "not (\(condition.words))"
        case .attempt(let range): "attempt is \(range.words)"
        case .nth(let range): "nth is \(range.words)"
        case .chance(let probability): "chance is \(probability)"
        }
    }
}

extension ClosedRange<Int> {
    fileprivate var words: String { lowerBound == upperBound ? "\(lowerBound)" : "\(lowerBound) to \(upperBound)" }
}

extension Field {
    fileprivate var words: String {
        switch self {
        case .endpoint: "endpoint"
        case .model: "model"
        case .header(let name): "header.\(name)"
        case .lastUser: "last.user"
        case .system: "system"
        case .offersTool: "offers_tool"
        case .toolResult: "tool_result"
        case .path(let path): "path.\"\(path)\""
        case .stream: "stream"
        case .turn: "turn"
        case .event: "event"
        }
    }
}

extension Match {
    fileprivate var words: String {
        switch self {
        case .equals(let value): value.text()
        case .contains(let text): "text that contains \(JSONValue.string(text).text())"
        case .glob(let pattern): "text like \(pattern)"
        case .regex(let pattern): "text that matches /\(pattern.source)/"
        case .oneOf(let values): "one of \(JSONValue.array(values).text())"
        case .exists(let isWanted): isWanted ? "present" : "absent"
        }
    }
}
