import SparringAPI

/// Reads `progress`: how long a new object works, and how it ends.
///
///     progress: stuck
///     progress: { lasts: 3 polls, fails: { code: server_error } }
struct ProgressParser {
    let reader: YAMLReader

    static let keys = ["lasts", "fails"]
    static let failureKeys = ["code", "message"]

    func plan(_ node: YAMLNode) -> ProgressPlan? {
        let text = StageText(reader: reader)
        if node.isScalar { return text.stage(node, "progress").map { ProgressPlan($0) } }
        guard let mapping = reader.mapping(node, "progress", keys: Self.keys) else { return nil }
        var plan = ProgressPlan.standard
        if let lasts = mapping["lasts"] {
            guard let stage = text.stage(lasts, "lasts") else { return nil }
            plan.stage = stage
        }
        if let fails = mapping["fails"] {
            plan.ending = "failed"
            plan.failure = failure(fails)
        }
        return plan
    }

    /// The error is nil without a code: the object then fails with its default error.
    private func failure(_ node: YAMLNode) -> ProgressPlan.Failure? {
        if node.isScalar {
            return node.string.map { ProgressPlan.Failure(code: $0, message: Self.message($0)) }
        }
        guard let mapping = reader.mapping(node, "fails", keys: Self.failureKeys) else { return nil }
        guard let code = mapping["code"].flatMap({ reader.text($0, "code") }) else {
            if mapping["code"] == nil { reader.note(node, "`fails` needs a `code`, such as server_error") }
            return nil
        }
        return ProgressPlan.Failure(
            code: code, message: mapping["message"].flatMap { reader.text($0, "message") } ?? Self.message(code))
    }

    private static func message(_ code: String) -> String { "The file could not be processed: \(code)." }
}
