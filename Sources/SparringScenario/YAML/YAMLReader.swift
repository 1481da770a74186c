import SparringAPI
import SparringJSON
import Yams

/// Collects the mistakes of one file while its nodes are read: reading never stops at the first.
package final class YAMLReader {
    package let file: String
    package let origin: Origin
    package private(set) var diagnostics: [Diagnostic] = []

    /// Where a text comes from, and so what it may reach for.
    package enum Origin: Sendable, Hashable {
        case file
        /// Over the network: it reads no file, whatever the grammar offers.
        case sent
    }

    package init(file: String, origin: Origin = .file) {
        self.file = file
        self.origin = origin
    }

    /// The root of a document; nil where it is no YAML at all, which is then noted.
    /// - Parameter limit: how many values it may have, its aliases written out.
    package func root(of text: String, limit: Int = YAMLNode.maximumCount) -> YAMLNode? {
        do {
            guard let node = try Yams.compose(yaml: JSONText.readableAsYAML(text)) else {
                note(1, 1, "the file is empty; a scenario starts with `schema: 1`")
                return nil
            }
            var budget = limit
            return try YAMLNode(node, budget: &budget)
        } catch let error as YamlError {
            note(error)
        } catch is YAMLNode.TooMany {
            note(1, 1, "more than \(limit) values once its aliases are written out; write fewer")
        } catch {
            note(1, 1, "\(error)")
        }
        return nil
    }

    package func note(_ node: YAMLNode, _ message: String) { note(node.line, node.column, message) }

    /// A mistake of the file as a whole.
    package func note(_ message: String) { note(1, 1, message) }

    private func note(_ line: Int, _ column: Int, _ message: String) {
        diagnostics.append(Diagnostic(file: file, line: line, column: column, message: message))
    }

    private func note(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            note(mark.line, mark.column, "not YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            note(context.mark.line, context.mark.column, "duplicate key: \(keys.joined(separator: ", "))")
        default: note(1, 1, "not YAML: \(error)")
        }
    }

    package var mistakes: Mistakes {
        Mistakes(diagnostics: diagnostics.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
    }

    // MARK: Shapes

    /// A mapping with known keys only.
    /// - Parameter renamed: keys of earlier versions, with their names of today.
    package func mapping(
        _ node: YAMLNode, _ what: String, keys: [String], renamed: [String: String] = [:]
    ) -> YAMLMapping? {
        guard let mapping = mapping(node, what) else { return nil }
        for (key, keyNode, _) in mapping.entries where !keys.contains(key) {
            if let name = renamed[key], keys.contains(name) {
                note(keyNode, "'\(key)' in \(what) is now called '\(name)'")
                continue
            }
            let near =
                Nearest.name(to: key, among: keys).map { "; did you mean '\($0)'?" }
                ?? "; it takes \(keys.joined(separator: ", "))"
            note(keyNode, "unknown key '\(key)' in \(what)\(near)")
        }
        return mapping
    }

    /// A mapping with keys of the author's own.
    package func mapping(_ node: YAMLNode, _ what: String) -> YAMLMapping? {
        guard case .mapping(let pairs) = node.content else {
            note(node, "\(what) is a mapping (key: value), not \(node.kindInWords)")
            return nil
        }
        return YAMLMapping(entries: pairs.map { ($0.key.string ?? "", $0.key, $0.value) })
    }

    package func sequence(_ node: YAMLNode, _ what: String) -> [YAMLNode]? {
        guard case .sequence(let nodes) = node.content else {
            note(node, "\(what) is a list, not \(node.kindInWords)")
            return nil
        }
        return nodes
    }

    package func text(_ node: YAMLNode, _ what: String) -> String? {
        guard let text = node.string else {
            note(node, "\(what) is text, not \(node.kindInWords)")
            return nil
        }
        return text
    }

    package func integer(_ node: YAMLNode, _ what: String, atLeast minimum: Int = 0) -> Int? {
        guard case .number(let number) = node.json, let value = number.int, value >= minimum else {
            note(node, "\(what) is a whole number from \(minimum), not \(node.inWords)")
            return nil
        }
        return value
    }

    package func boolean(_ node: YAMLNode, _ what: String) -> Bool? {
        guard case .bool(let value) = node.json else {
            note(node, "\(what) is true or false, not \(node.inWords)")
            return nil
        }
        return value
    }

    package func duration(_ node: YAMLNode, _ what: String) -> Duration? {
        guard let text = node.string, let duration = DurationText.parse(text) else {
            note(node, "\(what) is a duration with its unit, such as 250ms, 1.5s or 2m, not \(node.inWords)")
            return nil
        }
        return duration
    }

    package func choice<Value>(_ node: YAMLNode, _ what: String, _ values: [(name: String, value: Value)]) -> Value? {
        let names = values.map(\.name)
        guard let text = node.string, let value = values.first(where: { $0.name == text })?.value else {
            let near =
                node.string.flatMap { Nearest.name(to: $0, among: names) }.map { "; did you mean '\($0)'?" } ?? ""
            note(node, "\(what) is one of \(names.joined(separator: ", ")), not \(node.inWords)\(near)")
            return nil
        }
        return value
    }
}

/// A mapping in the order of the file.
package struct YAMLMapping {
    package let entries: [(key: String, keyNode: YAMLNode, value: YAMLNode)]

    package subscript(key: String) -> YAMLNode? { entries.first { $0.key == key }?.value }
}

/// The name that was probably meant.
package enum Nearest {
    package static func name(to text: String, among names: [String]) -> String? {
        let near = names.map { (distance: EditDistance.between($0, text), name: $0) }
            .filter { $0.distance <= max(2, text.count / 3) }
        return near.min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
    }
}

/// `250ms`, `1.5s`, `2m`, `24h`: a number and its unit.
package enum DurationText {
    /// Ten years in milliseconds: sums of more would not fit the clock.
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
