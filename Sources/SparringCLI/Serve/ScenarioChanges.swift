/// The differences between two versions of a scenario file, by its text: the top-level keys, and the entries of `rules`
/// and `steps` by their numbers.
enum ScenarioChanges {
    /// `seed changed`, `rule 2 changed`, `rules 3 to 5 added`. Comments and empty lines do not count.
    static func between(_ old: String, _ new: String) -> [String] {
        let (before, after) = (sections(of: old), sections(of: new))
        let names = after.map(\.name) + before.map(\.name).filter { name in !after.contains { $0.name == name } }
        return names.flatMap { name -> [String] in
            let (first, second) = (before.first { $0.name == name }, after.first { $0.name == name })
            guard let first else { return ["\(name) added"] }
            guard let second else { return ["\(name) removed"] }
            guard first != second else { return [] }
            return entries(name, first.entries, second.entries) ?? ["\(name) changed"]
        }
    }

    private struct Section: Equatable {
        var name: String
        /// The lines of a section after its key, up to the first entry of a list.
        var head: [Substring]
        /// The entries of a list in block style.
        var entries: [[Substring]]
    }

    private static func sections(of text: String) -> [Section] {
        var sections: [Section] = []
        var dash: Int?
        for line in text.split(separator: "\n") {
            let content = line.drop { $0 == " " }
            guard let first = content.first, first != "#", content != "---" else { continue }
            let indent = line.count - content.count
            if indent == 0, first != "-", first != "}", first != "]" {
                dash = nil
                let name = content.prefix { $0 != ":" }
                sections.append(Section(name: String(name), head: [content], entries: []))
                continue
            }
            guard var section = sections.popLast() else { continue }
            if content.hasPrefix("- ") || content == "-", indent == dash ?? indent {
                dash = indent
                section.entries.append([content])
            } else if section.entries.isEmpty {
                section.head.append(line)
            } else {
                section.entries[section.entries.count - 1].append(line)
            }
            sections.append(section)
        }
        return sections
    }

    /// The changed entries of a list; nil if the section is not a list with numbered entries.
    private static func entries(_ name: String, _ old: [[Substring]], _ new: [[Substring]]) -> [String]? {
        let nouns = ["rules": "rule", "steps": "step"]
        guard let noun = nouns[name], !old.isEmpty, !new.isEmpty else { return nil }
        let common = min(old.count, new.count)
        let changed = (0..<common).filter { old[$0] != new[$0] }.map { "\(noun) \($0 + 1) changed" }
        if new.count > common { return changed + ["\(span(noun, common, new.count)) added"] }
        if old.count > common { return changed + ["\(span(noun, common, old.count)) removed"] }
        return changed.isEmpty ? nil : changed
    }

    private static func span(_ noun: String, _ from: Int, _ to: Int) -> String {
        to - from == 1 ? "\(noun) \(to)" : "\(noun)s \(from + 1) to \(to)"
    }
}
