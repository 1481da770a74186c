import SparringAPI
import SparringJSON

/// Reads `batch`: how long each status of a batch lasts, and how the batch ends.
///
///     batch: { validating: 1 poll, in_progress: 2h, expires: 50% }
struct BatchParser {
    let reader: YAMLReader

    static let outcomes = ["fails", "output", "expires", "limits"]
    static let failureKeys = ["code", "message", "param", "line"]

    func plan(_ node: YAMLNode) -> BatchPlan? {
        let keys = BatchPlan.staged.map(\.rawValue) + Self.outcomes
        guard let mapping = reader.mapping(node, "a batch", keys: keys) else { return nil }
        var plan = BatchPlan()
        for status in BatchPlan.staged {
            guard let node = mapping[status.rawValue] else { continue }
            switch StageText(reader: reader).stage(node, status.rawValue) {
            case .seconds(let count): plan.stages[status] = .seconds(count)
            case .polls(let count): plan.stages[status] = .polls(count)
            case .stuck: plan.stages[status] = .stuck
            case nil: break
            }
        }
        plan.failure = mapping["fails"].flatMap(failure)
        plan.hasOutput = mapping["output"].flatMap { reader.choice($0, "output", [("none", false)]) } ?? true
        plan.expiresAfter = mapping["expires"].flatMap(part)
        plan.isCharged =
            mapping["limits"].flatMap { reader.choice($0, "limits", [("shared", true), ("separate", false)]) } ?? false
        return plan
    }

    private func failure(_ node: YAMLNode) -> BatchError? {
        if let code = node.string { return BatchError(code: code, message: "The batch was rejected: \(code).") }
        guard let mapping = reader.mapping(node, "fails", keys: Self.failureKeys) else { return nil }
        guard let code = mapping["code"].flatMap({ reader.text($0, "code") }) else {
            if mapping["code"] == nil { reader.note(node, "`fails` needs a `code`, such as token_limit_exceeded") }
            return nil
        }
        return BatchError(
            code: code,
            message: mapping["message"].flatMap { reader.text($0, "message") } ?? "The batch was rejected: \(code).",
            param: mapping["param"].flatMap { reader.text($0, "param") },
            line: mapping["line"].flatMap { reader.integer($0, "line", atLeast: 1) })
    }

    private func part(_ node: YAMLNode) -> Double? {
        if let text = node.string, text.last == "%", let percent = Double(text.dropLast()), (0...100).contains(percent)
        {
            return percent / 100
        }
        reader.note(
            node,
            "expires must be the share of lines answered before the batch expires, such as 50%, not \(node.inWords)")
        return nil
    }
}
