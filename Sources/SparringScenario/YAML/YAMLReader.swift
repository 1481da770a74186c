import SparringAPI
import SparringJSON
import Yams

/// Reads the nodes of one file and collects its mistakes. Continues after a mistake, so that all mistakes are reported at once.
package final class YAMLReader {
    package let file: String
    package let origin: Origin
    package private(set) var diagnostics: [Diagnostic] = []

    /// The place where the text comes from.
    package enum Origin: Sendable, Hashable {
        case file
        /// The text was sent over the network, so it must not name files to be read.
        case sent
    }

    package init(file: String, origin: Origin = .file) {
        self.file = file
        self.origin = origin
    }

    /// The root node of a document. If the text is not YAML, records a mistake and returns nil.
    /// - Parameter limit: the maximum number of nodes that the document may have after its aliases are expanded.
    package func root(of text: String, limit: Int = YAMLNode.maximumCount) -> YAMLNode? {
        do {
            guard let node = try Yams.compose(yaml: JSONText.readableAsYAML(text)) else {
                note(1, 1, "the file is empty; a scenario starts with `schema: 1`")
                return nil
            }
            var budget = limit
            return try YAMLNode(node, budget: &budget)
        } catch let error as YamlError {
            note(error, in: text)
        } catch is YAMLNode.TooMany {
            note(1, 1, "more than \(limit) values after its aliases are expanded; write fewer")
        } catch {
            note(1, 1, "\(error)")
        }
        return nil
    }

    package func note(_ node: YAMLNode, _ message: String) { note(node.line, node.column, message) }

    /// Records a mistake of the file as a whole.
    package func note(_ message: String) { note(1, 1, message) }

    private func note(_ line: Int, _ column: Int, _ message: String) {
        diagnostics.append(Diagnostic(file: file, line: line, column: column, message: message))
    }

    private func note(_ error: YamlError, in text: String) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            note(mark.line, mark.column, YAMLProblem.explain(problem, line: mark.line, column: mark.column, in: text))
        case .duplicatedKeysInMapping(let keys, let context):
            note(context.mark.line, context.mark.column, "duplicate key: \(keys.joined(separator: ", "))")
        default: note(1, 1, "not YAML: \(error)")
        }
    }

    package var mistakes: Mistakes {
        Mistakes(diagnostics: diagnostics.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
    }

    // MARK: Shapes

    /// Reads a mapping and records its unknown keys as mistakes.
    /// - Parameters:
    ///   - renamed: keys of earlier versions, with their new names.
    ///   - advice: keys that belong in another place, with the text to write instead.
    package func mapping(
        _ node: YAMLNode, _ what: String, keys: [String], renamed: [String: String] = [:],
        advice: [String: String] = [:]
    ) -> YAMLMapping? {
        guard let mapping = mapping(node, what) else { return nil }
        for (key, keyNode, _) in mapping.entries where !keys.contains(key) {
            if let name = renamed[key], keys.contains(name) {
                note(keyNode, "'\(key)' in \(what) is now called '\(name)'")
                continue
            }
            let hint =
                advice[key] ?? Nearest.question(about: key, among: keys)
                ?? "the keys are \(keys.joined(separator: ", "))"
            note(keyNode, "unknown key '\(key)' in \(what); \(hint)")
        }
        return mapping
    }

    /// Reads a mapping with any keys.
    package func mapping(_ node: YAMLNode, _ what: String) -> YAMLMapping? {
        guard case .mapping(let pairs) = node.content else {
            note(node, "\(what) must be a mapping (key: value), not \(node.kindInWords)")
            return nil
        }
        return YAMLMapping(entries: pairs.map { ($0.key.string ?? "", $0.key, $0.value) })
    }

    package func sequence(_ node: YAMLNode, _ what: String) -> [YAMLNode]? {
        guard case .sequence(let nodes) = node.content else {
            note(node, "\(what) must be a list, not \(node.kindInWords)")
            return nil
        }
        return nodes
    }

    package func text(_ node: YAMLNode, _ what: String) -> String? {
        guard let text = node.string else {
            note(node, "\(what) must be text, not \(node.kindInWords)")
            return nil
        }
        return text
    }

    package func integer(_ node: YAMLNode, _ what: String, atLeast minimum: Int = 0) -> Int? {
        guard case .number(let number) = node.json, let value = number.int, value >= minimum else {
            note(node, "\(what) must be a whole number of at least \(minimum), not \(node.inWords)")
            return nil
        }
        return value
    }

    package func boolean(_ node: YAMLNode, _ what: String) -> Bool? {
        guard case .bool(let value) = node.json else {
            note(node, "\(what) must be true or false, not \(node.inWords)")
            return nil
        }
        return value
    }

    package func duration(_ node: YAMLNode, _ what: String) -> Duration? {
        guard let text = node.string, let duration = DurationText.parse(text) else {
            note(node, "\(what) must be a duration with a unit, such as 250ms, 1.5s or 2m, not \(node.inWords)")
            return nil
        }
        return duration
    }

    /// Reads one of the names and returns its value.
    package func choice<Value>(_ node: YAMLNode, _ what: String, _ values: [(name: String, value: Value)]) -> Value? {
        if let value = values.first(where: { $0.name == node.string })?.value { return value }
        let names = values.map(\.name)
        note(node, what, isNoneOf: names, guesses: Nearest.names(to: node.string ?? "", among: names))
        return nil
    }

    /// Records the mistake that a value is not one of the names. The message begins with the guesses, because the list of names may be
    /// long.
    func note(_ node: YAMLNode, _ what: String, isNoneOf names: [String], guesses: [String]) {
        let list = names.joined(separator: ", ")
        guard let question = Nearest.question(guesses) else {
            return note(node, "\(what) must be one of \(list), not \(node.inWords)")
        }
        note(node, "\(what) cannot be \(node.inWords); \(question) It must be one of \(list)")
    }
}

/// The entries of a mapping, in the order of the file.
package struct YAMLMapping {
    package let entries: [(key: String, keyNode: YAMLNode, value: YAMLNode)]

    package subscript(key: String) -> YAMLNode? { entries.first { $0.key == key }?.value }
}

/// `250ms`, `1.5s`, `2m`, `24h`: a number and its unit.
package enum DurationText {
    /// Ten years in milliseconds; the sum of longer times could overflow the clock.
    private static let longest = 3650.0 * 86_400_000

    package static func parse(_ text: String) -> Duration? {
        let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)]
        guard let (unit, seconds) = units.first(where: { text.hasSuffix($0.0) }),
            case .number(let number)? = try? JSONValue.parse(String(text.dropLast(unit.count))), number.double >= 0
        else { return nil }
        let milliseconds = (number.double * seconds * 1000).rounded()
        return milliseconds <= longest ? .milliseconds(Int64(milliseconds)) : nil
    }
}
