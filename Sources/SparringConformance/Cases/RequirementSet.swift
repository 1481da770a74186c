import SparringJSON
package import SparringScenario

/// A named list of case ids: the cases that count for a grade, or the cases of `--quick`. A set is frozen: cases that are added later are
/// also run, but do not change the set's grades.
package struct RequirementSet: Sendable, Hashable {
    /// The name, such as `2026.1`.
    package var name: String
    /// The ids of the cases.
    package var cases: [String]

    package init(name: String, cases: [String]) {
        self.name = name
        self.cases = cases
    }

    /// The set that this kit uses for grades.
    package static let current = "2026.1"
    /// A few fast cases of every theme.
    package static let quick = "quick"

    /// The names of the built-in sets for grades.
    package static var names: [String] { EmbeddedCases.sets.map(\.name).filter { $0 != quick } }

    /// The built-in set with that name, or nil.
    /// - Throws: `Mistakes` if its file is wrong; a test prevents that in a release.
    package static func builtIn(_ name: String) throws -> RequirementSet? {
        try EmbeddedCases.sets.first { $0.name == name }.map { file in
            try load(text: file.text, file: "scenarios/conformance/sets/\(file.name).yaml").get()
        }
    }

    /// Whether a file contains a set rather than cases: it has a top-level `set:`.
    package static func isSetFile(_ text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).contains { $0.hasPrefix("set:") }
    }

    static let keys = ["schema", "set", "cases"]

    package static func load(text: String, file: String) -> Result<RequirementSet, Mistakes> {
        let reader = YAMLReader(file: file)
        guard let root = reader.root(of: text), let mapping = reader.mapping(root, "a set", keys: keys) else {
            return .failure(reader.mistakes)
        }
        if mapping["schema"]?.json != 1 {
            reader.note(mapping["schema"] ?? root, "a set must start with `schema: 1`, the version of its grammar")
        }
        let name = mapping["set"].flatMap { reader.text($0, "set") }
        var seen: Set<String> = []
        let ids = (mapping["cases"].flatMap { reader.sequence($0, "cases") } ?? []).compactMap { node -> String? in
            guard let id = reader.text(node, "a case's id") else { return nil }
            if !seen.insert(id).inserted { reader.note(node, "'\(id)' is in the set twice") }
            return id
        }
        if name == nil { reader.note(root, "a set needs its name: add `set:`") }
        guard reader.diagnostics.isEmpty, let name else { return .failure(reader.mistakes) }
        return .success(RequirementSet(name: name, cases: ids))
    }
}
