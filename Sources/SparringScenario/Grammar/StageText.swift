import SparringAPI

/// Reads how long something lasts: `3 polls`, `90s`, `stuck`.
struct StageText {
    let reader: YAMLReader

    func stage(_ node: YAMLNode, _ what: String) -> ProgressPlan.Stage? {
        let words = (node.string ?? "").split(separator: " ")
        if words == ["stuck"] { return .stuck }
        if words.count == 2, ["poll", "polls"].contains(words[1]), let count = Int(words[0]), count >= 0 {
            return .polls(count)
        }
        guard let duration = node.string.flatMap(DurationText.parse) else {
            reader.note(
                node,
                "\(what) must be a duration such as 90s, a number of polls such as 2 polls, or stuck, not \(node.inWords)"
            )
            return nil
        }
        // Timestamps are in whole seconds.
        let (seconds, attoseconds) = duration.components
        return .seconds(Int(seconds) + (attoseconds > 0 ? 1 : 0))
    }
}
