import SparringAPI
import SparringScenario
import SparringWire

/// Reads the values of a recording, in YAML or JSON.
extension YAMLNode {
    subscript(name: String) -> YAMLNode? {
        guard case .mapping(let pairs) = content else { return nil }
        return pairs.first { $0.key.string == name }?.value
    }

    /// The elements of a list; nil for any other value.
    var items: [YAMLNode]? { if case .sequence(let nodes) = content { nodes } else { nil } }

    var isNull: Bool {
        guard case .scalar(let text, let isPlain) = content else { return false }
        return isPlain && (text == "null" || text == "~" || text.isEmpty)
    }

    /// The text of a scalar; empty for null, nil for a list or a mapping.
    var text: String? { isNull ? "" : string }

    var integer: Int? { string.flatMap { Int($0) } }

    /// `line 12: reason`, or only the reason if the line is unknown.
    func mistake(_ reason: String) -> ImportMistake { ImportMistake(line > 0 ? "line \(line): \(reason)" : reason) }

    /// The bytes of a body, which is a text, `!!binary`, `{ string: … }`, `{ base64_string: … }`, or a file object of Python, whose state
    /// begins with its bytes.
    func bytes() throws(ImportMistake) -> [UInt8] {
        switch content {
        case .scalar:
            let text = text ?? ""
            return isBinary ? try base64(text) : Array(text.utf8)
        case .mapping:
            if let text = self["base64_string"]?.text { return try base64(text) }
            if let string = self["string"] { return try string.bytes() }
            guard let state = self["state"] ?? self["args"] else { throw mistake("a body is text, not a mapping") }
            return try (state.items?.first ?? state).bytes()
        case .sequence(let nodes):
            // The value is a body that was sent in chunks.
            var bytes: [UInt8] = []
            for node in nodes { bytes += try node.bytes() }
            return bytes
        case .alias: throw mistake("the anchor of an alias does not exist")
        }
    }

    func base64(_ text: some StringProtocol) throws(ImportMistake) -> [UInt8] {
        guard let bytes = Base64.decode(String(text).filter { !$0.isWhitespace }[...]) else {
            throw mistake("'\(text.prefix(20))' is not base64")
        }
        return bytes
    }

    /// The header fields, which are a value or a list of values for each name, a list of `Name: value`, or a list of names with their
    /// values.
    func fields() throws(ImportMistake) -> HeaderFields {
        var headers = HeaderFields()
        switch content {
        case .mapping(let pairs):
            for (key, value) in pairs {
                // The name of a header is needed, because only the name shows whether the value is a secret.
                guard let name = key.fieldName, !name.isEmpty else {
                    throw key.mistake("the name of a header cannot be read")
                }
                for value in value.items ?? [value] where !value.isNull {
                    headers.append(name, String(decoding: try value.bytes(), as: UTF8.self))
                }
            }
        case .sequence(let nodes):
            for node in nodes {
                if let pair = node.items {
                    guard pair.count == 2, let name = pair[0].string, pair[1].isScalar else {
                        headers = HeaderFields(headers.fields + (try node.fields()).fields)
                        continue
                    }
                    headers.append(name, String(decoding: try pair[1].bytes(), as: UTF8.self))
                    continue
                }
                let line = node.text ?? ""
                guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else {
                    throw node.mistake("a header must have the form `Name: value`")
                }
                let value = line[colon...].dropFirst().drop { $0 == " " }
                headers.append(String(line[..<colon]), String(value.prefix { !$0.isNewline }))
            }
        case .scalar, .alias:
            guard isNull else { throw mistake("headers must be a mapping or a list") }
        }
        return headers
    }

    /// The name of a header as text. A Python object is replaced by its first argument: aiohttp's names are
    /// `!!python/object/apply:multidict._multidict.istr [Accept]`.
    private var fieldName: String? {
        switch content {
        case .scalar(let text, _): text
        case .sequence(let nodes): nodes.lazy.compactMap(\.fieldName).first
        case .mapping(let pairs): pairs.lazy.compactMap(\.value.fieldName).first
        case .alias: nil
        }
    }
}
