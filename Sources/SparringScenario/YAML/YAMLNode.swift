package import SparringJSON
import Yams

/// A node of a YAML document with its place. All of Sparring's grammars are read from these nodes, so they do not
/// depend on the library that parsed the text.
package struct YAMLNode: Sendable {
    package enum Content: Sendable {
        /// `isPlain`: the text has no quotes, so `true`, `null` and numbers have their own types.
        case scalar(String, isPlain: Bool)
        case mapping([(key: YAMLNode, value: YAMLNode)])
        case sequence([YAMLNode])
        /// An unresolved alias.
        case alias
    }

    package var content: Content
    /// Counted from 1.
    package var line: Int
    package var column: Int
    /// Whether the node is tagged `!!binary`, or Ruby's `!binary`: base64 of arbitrary bytes.
    package private(set) var isBinary = false

    /// The limit of nodes after aliases are expanded. Ten lines of aliases to aliases can make 10^10 nodes.
    package static let maximumCount = 200_000

    struct TooMany: Error {}

    /// - Parameter budget: the number of nodes that may still be made.
    init(_ node: Node, budget: inout Int) throws(TooMany) {
        budget -= 1
        guard budget >= 0 else { throw TooMany() }
        (line, column) = (node.mark?.line ?? 1, node.mark?.column ?? 1)
        switch node {
        case .scalar(let scalar):
            content = .scalar(scalar.string, isPlain: scalar.style == .plain || scalar.style == .any)
            isBinary = [Tag.Name.binary.rawValue, "!binary"].contains(scalar.tag.description)
        case .mapping(let mapping):
            var pairs: [(key: YAMLNode, value: YAMLNode)] = []
            for (key, value) in mapping {
                pairs.append((try YAMLNode(key, budget: &budget), try YAMLNode(value, budget: &budget)))
            }
            content = .mapping(pairs)
        case .sequence(let sequence):
            var nodes: [YAMLNode] = []
            for node in sequence { nodes.append(try YAMLNode(node, budget: &budget)) }
            content = .sequence(nodes)
        case .alias: content = .alias
        }
    }

    /// A line that is not part of a YAML document.
    init(text: String) {
        content = .scalar(text, isPlain: true)
        (line, column) = (1, 1)
    }

    /// - Parameter line: 0 if the place is unknown.
    package init(_ content: Content, line: Int) {
        (self.content, self.line, column) = (content, line, 1)
    }

    /// A node for a JSON value, whose place is unknown: line 0.
    package init(_ json: JSONValue) {
        let content: Content =
            switch json {
            case .string(let text): .scalar(text, isPlain: false)
            case .array(let values): .sequence(values.map { YAMLNode($0) })
            case .object(let object):
                .mapping(
                    object.members.map { (YAMLNode(.scalar($0.name, isPlain: false), line: 0), YAMLNode($0.value)) })
            default: .scalar(json.text(), isPlain: true)
            }
        self.init(content, line: 0)
    }

    /// The text of a scalar.
    package var string: String? { if case .scalar(let text, _) = content { text } else { nil } }

    package var isScalar: Bool { string != nil }

    package var isMapping: Bool { if case .mapping = content { true } else { false } }

    package var isSequence: Bool { if case .sequence = content { true } else { false } }

    /// The node as JSON, by YAML 1.2's core schema: all scalars are strings, except `true`, `false`, `null` and numbers.
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
