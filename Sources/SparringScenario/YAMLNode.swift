package import SparringJSON
import Yams

/// A piece of a YAML document with its place: what every parser of our grammars reads. Independent of the library that parsed it.
package struct YAMLNode: Sendable {
    package enum Content: Sendable {
        /// `isPlain`: written without quotes, so that `true`, `null` and numbers mean more than their letters.
        case scalar(String, isPlain: Bool)
        case mapping([(key: YAMLNode, value: YAMLNode)])
        case sequence([YAMLNode])
        /// An alias that stayed unresolved.
        case alias
    }

    package var content: Content
    /// Counted from 1.
    package var line: Int
    package var column: Int

    init(_ node: Node) {
        (line, column) = (node.mark?.line ?? 1, node.mark?.column ?? 1)
        content =
            switch node {
            case .scalar(let scalar): .scalar(scalar.string, isPlain: scalar.style == .plain || scalar.style == .any)
            case .mapping(let mapping): .mapping(mapping.map { (YAMLNode($0.key), YAMLNode($0.value)) })
            case .sequence(let sequence): .sequence(sequence.map { YAMLNode($0) })
            case .alias: .alias
            }
    }

    /// The letters of a scalar.
    package var string: String? { if case .scalar(let text, _) = content { text } else { nil } }

    package var isScalar: Bool { string != nil }

    package var isMapping: Bool { if case .mapping = content { true } else { false } }

    package var isSequence: Bool { if case .sequence = content { true } else { false } }

    /// The node as JSON, by YAML 1.2's core rules: only `true`, `false`, `null` and numbers are anything but text.
    package var json: JSONValue {
        switch content {
        case .scalar(let text, let isPlain): isPlain ? Self.plain(text) : .string(text)
        case .mapping(let pairs):
            .object(JSONObject(pairs.map { JSONObject.Member($0.key.string ?? "", $0.value.json) }))
        case .sequence(let nodes): .array(nodes.map(\.json))
        case .alias: .null
        }
    }

    package var kindInWords: String {
        switch content {
        case .scalar: inWords
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    package var inWords: String {
        guard let string else { return kindInWords }
        return string.isEmpty ? "nothing" : "'\(string)'"
    }

    private static func plain(_ text: String) -> JSONValue {
        switch text {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null", "~", "": return .null
        default:
            guard case .number(let number)? = try? JSONValue.parse(text) else { return .string(text) }
            return .number(number)
        }
    }
}
