/// A flat YAML mapping of settings, such as `sparring.yaml`.
package enum SettingsFile {
    /// - Returns: the values as text with their places (`file:line:column`), and every mistake.
    package static func read(
        _ text: String, file: String, keys: [String]
    ) -> (entries: [(key: String, value: String, place: String)], mistakes: [Diagnostic]) {
        let reader = YAMLReader(file: file)
        guard let root = reader.root(of: text), let mapping = reader.mapping(root, "the settings file", keys: keys)
        else {
            return ([], reader.mistakes.diagnostics)
        }
        let entries = mapping.entries.compactMap { key, _, value in
            reader.text(value, key).map { text in
                (key: key, value: text, place: "\(file):\(value.line):\(value.column)")
            }
        }
        return (entries, reader.mistakes.diagnostics)
    }
}
