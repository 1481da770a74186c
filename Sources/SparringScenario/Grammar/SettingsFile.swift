/// Reads a YAML mapping of settings, such as `sparring.yaml`. The values are texts or lists of texts; a list is returned as lines.
package enum SettingsFile {
    /// - Returns: the values as text with their places (`file:line:column`), and all mistakes.
    package static func read(
        _ text: String, file: String, keys: [String]
    ) -> (entries: [(key: String, value: String, place: String)], mistakes: [Diagnostic]) {
        let reader = YAMLReader(file: file)
        guard let root = reader.root(of: text), let mapping = reader.mapping(root, "the settings file", keys: keys)
        else {
            return ([], reader.mistakes.diagnostics)
        }
        let entries = mapping.entries.compactMap { key, _, value in
            lines(value, key, reader).map { text in
                (key: key, value: text, place: "\(file):\(value.line):\(value.column)")
            }
        }
        return (entries, reader.mistakes.diagnostics)
    }

    private static func lines(_ node: YAMLNode, _ key: String, _ reader: YAMLReader) -> String? {
        guard node.isSequence else { return reader.text(node, key) }
        return reader.sequence(node, key)?.compactMap { reader.text($0, "an entry of \(key)") }.joined(separator: "\n")
    }
}
