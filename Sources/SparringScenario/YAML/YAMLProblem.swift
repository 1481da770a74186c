/// Explains in plain words why a text is not YAML, in place of the parser's own message.
enum YAMLProblem {
    /// - Parameters:
    ///   - problem: the parser's message.
    ///   - line: the reported line, from 1.
    ///   - column: the reported column in Unicode scalars, from 1.
    static func explain(_ problem: String, line: Int, column: Int, in text: String) -> String {
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        let found = lines.indices.contains(line - 1) ? lines[line - 1].dropFirst(column - 1).first : nil
        if found == "\t" || problem.contains("tab character") {
            return "line \(line) is indented with a tab; use spaces"
        }
        return "not YAML: " + (advice[problem].map { "\($0) (\(problem))" } ?? problem)
    }

    private static let advice = [
        "found character that cannot start any token": "put text that starts with this character in quotes",
        "mapping values are not allowed in this context":
            "start a new line for each key, and put text that contains ': ' in quotes",
        "could not find expected ':'": "write a colon and a space after the key",
        "did not find expected key": "indent the keys of a mapping by the same number of spaces",
        "did not find expected '-' indicator": "indent the items of a list by the same number of spaces",
        "did not find expected ',' or ']'": "close the list with ], and put commas between its items",
        "did not find expected ',' or '}'": "close the mapping with }, and put commas between its keys",
        "found unexpected end of stream": "close the quotes",
    ]
}
