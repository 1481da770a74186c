import SparringAPI
import SparringJSON

/// Reads the keys that only responses have: the items of the output, and the way in which the response ends.
struct ItemParser {
    let reader: YAMLReader

    /// Returns whether the node is an item. Notes mistakes.
    func check(_ node: YAMLNode) -> Bool {
        guard let mapping = reader.mapping(node, "an item") else { return false }
        guard let typeNode = mapping["type"] else {
            reader.note(node, "an item needs a `type`, such as message, reasoning or web_search_call")
            return false
        }
        guard let grammar = reader.choice(typeNode, "an item's type", ItemGrammar.all.map { ($0.type, $0) }) else {
            return false
        }
        guard reader.mapping(node, "\(grammar.type)", keys: grammar.members) != nil else { return false }
        for name in grammar.required where mapping[name] == nil {
            reader.note(node, "\(grammar.type) needs `\(name)`")
        }
        if grammar.type == "message" { checkMessage(mapping, node) }
        if let status = mapping["status"] { _ = reader.choice(status, "status", Self.statuses.map { ($0, $0) }) }
        return true
    }

    private static let statuses = ["completed", "incomplete", "failed"]

    private func checkMessage(_ mapping: YAMLMapping, _ node: YAMLNode) {
        let given = ["text", "refusal", "content"].filter { mapping[$0] != nil }
        if given.count != 1 { reader.note(node, "a message needs exactly one of text, refusal and content") }
        if let annotations = mapping["annotations"], mapping["text"] == nil {
            reader.note(annotations, "`annotations` works only with `text`; in `content` write them in each part")
        }
    }

    func ending(_ node: YAMLNode) -> ResponsesEnding? {
        guard let mapping = reader.mapping(node, "ends", keys: StepParser.endsKeys) else { return nil }
        if mapping.entries.count != 1 { reader.note(node, "`ends` needs exactly one of `incomplete` and `failed`") }
        if let reason = mapping["incomplete"] {
            return reader.choice(reason, "incomplete", ResponsesEnding.reasons.map { ($0, $0) })
                .map { .incomplete(reason: $0) }
        }
        guard let failed = mapping["failed"] else { return nil }
        if let code = failed.string { return .failed(code: code, message: ResponsesEnding.serverError) }
        guard let details = reader.mapping(failed, "failed", keys: StepParser.failedKeys) else { return nil }
        let code = details["code"].flatMap { reader.text($0, "code") } ?? "server_error"
        let message = details["message"].flatMap { reader.text($0, "message") } ?? ResponsesEnding.serverError
        return .failed(code: code, message: message)
    }
}
