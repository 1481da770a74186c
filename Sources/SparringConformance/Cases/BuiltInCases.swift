package import SparringScenario

/// The suite that is embedded in the binary.
package enum BuiltInCases {
    /// The case that runs first and last. A program that fails this case cannot be graded.
    package static let sanity = "sanity.hello"

    /// The theme of the probe before the suite: a plain conversation, then one call of each kind.
    package static let sanityTheme = "sanity"

    /// All cases, by theme, in the order of their files.
    /// - Throws: `Mistakes` if a file has mistakes; a test prevents this in a release.
    package static func load(errors: ScenarioLoader.Errors) throws -> [Case] {
        try EmbeddedCases.cases.flatMap { file in
            try CaseLoader.load(
                text: file.text, file: "scenarios/conformance/\(file.name).yaml", errors: errors
            ).get()
        }
    }

    /// The text of a built-in case in its file, for display.
    package static func source(of subject: Case) -> String {
        source(of: subject, in: EmbeddedCases.cases.first { $0.name == subject.theme }?.text ?? "")
    }

    /// The text of the built-in case or gateway case with this id, for display; nil for a user's case, and for a case that only
    /// another version has.
    package static func source(id: String) -> String? {
        let opening = "- id: \(id)"
        for file in EmbeddedCases.cases + EmbeddedCases.gateway where file.text.contains(opening) {
            let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
            if let index = lines.firstIndex(where: { $0.drop { $0 == " " } == opening }) {
                return source(from: lines[index...])
            }
        }
        return nil
    }

    /// The text of a case, from its id to the next case, for display.
    /// - Parameter text: the text of its file.
    package static func source(of subject: Case, in text: String) -> String {
        source(from: text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(subject.line - 1))
    }

    /// - Parameter start: the lines of a file, from the first line of the case on.
    private static func source(from start: ArraySlice<Substring>) -> String {
        let indent = start.first?.prefix { $0 == " " }.count ?? 0
        // The case ends before the next line with the same or a smaller indent than the case's first line.
        let rest = start.dropFirst().prefix { line in
            line.allSatisfy(\.isWhitespace) || line.prefix { $0 == " " }.count > indent
        }
        let source = (start.prefix(1) + rest).map { $0.dropFirst(min(indent, $0.count)) }
        return source.joined(separator: "\n").trimmingSuffix(while: \.isWhitespace)
    }
}

extension StringProtocol {
    fileprivate func trimmingSuffix(while isUnwanted: (Character) -> Bool) -> String {
        var text = String(self)
        while let last = text.last, isUnwanted(last) { text.removeLast() }
        return text
    }
}
