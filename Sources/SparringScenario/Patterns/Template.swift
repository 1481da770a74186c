package import SparringJSON

/// Text with placeholders such as `{{name}}`. A placeholder in quotes stands for the quoted text: `{{"{{"}}` writes two braces.
package struct Template: Sendable {
    private enum Part: Sendable {
        case text(String)
        case hole(String)
    }

    private let parts: [Part]

    package init(_ text: String) {
        var parts: [Part] = []
        var rest = Substring(text)
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            if open.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<open.lowerBound]))) }
            let inner = rest[open.upperBound..<close.lowerBound]
            parts.append(Self.quoted(inner).map(Part.text) ?? .hole(String(inner.filter { $0 != " " })))
            rest = rest[close.upperBound...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
    }

    /// The text between two double or two single quotes, which may have spaces around them; nil without quotes.
    private static func quoted(_ inner: Substring) -> String? {
        let text = inner.drop { $0 == " " }
        guard let end = text.lastIndex(where: { $0 != " " }), end > text.startIndex else { return nil }
        guard let quote = text.first, quote == "\"" || quote == "'", text[end] == quote else { return nil }
        return String(text[text.index(after: text.startIndex)..<end])
    }

    /// A text without placeholders, in which braces are left as they are.
    package init(literal text: String) { parts = [.text(text)] }

    package var names: [String] { parts.compactMap { if case .hole(let name) = $0 { name } else { nil } } }

    package func render(_ values: TemplateValues) -> String {
        if parts.count == 1, case .text(let text) = parts[0] { return text }
        return parts.reduce(into: "") { text, part in
            switch part {
            case .text(let piece): text += piece
            case .hole(let name):
                let value = values[name]
                text += value.string ?? value.text()
            }
        }
    }

    /// The placeholder's name if the template consists of one placeholder and no other text.
    fileprivate var soleHole: String? {
        guard parts.count == 1, case .hole(let name) = parts[0] else { return nil }
        return name
    }
}

/// JSON with placeholders. A string that is only a placeholder takes the type of its value.
package indirect enum TemplateValue: Sendable {
    case literal(JSONValue)
    case text(Template)
    case array([TemplateValue])
    case object([(name: String, value: TemplateValue)])

    package init(_ value: JSONValue) {
        switch value {
        case .string(let text): self = .text(Template(text))
        case .array(let values): self = .array(values.map { TemplateValue($0) })
        case .object(let object): self = .object(object.members.map { ($0.name, TemplateValue($0.value)) })
        case .null, .bool, .number: self = .literal(value)
        }
    }

    package init(literal value: JSONValue) { self = .literal(value) }

    package var names: [String] {
        switch self {
        case .literal: []
        case .text(let template): template.names
        case .array(let values): values.flatMap(\.names)
        case .object(let members): members.flatMap(\.value.names)
        }
    }

    package func render(_ values: TemplateValues) -> JSONValue {
        switch self {
        case .literal(let value): value
        case .text(let template): template.soleHole.map { values[$0] } ?? .string(template.render(values))
        case .array(let list): .array(list.map { $0.render(values) })
        case .object(let members):
            .object(JSONObject(members.map { JSONObject.Member($0.name, $0.value.render(values)) }))
        }
    }
}

/// The values for the placeholders of a template.
package struct TemplateValues: Sendable {
    package var captures: [String: String]
    /// The body of the request.
    package var request: JSONValue
    package var lastUser: String?
    package var session: String
    package var attempt: Int

    package init(captures: [String: String], request: JSONValue, lastUser: String?, session: String, attempt: Int) {
        self.captures = captures
        self.request = request
        self.lastUser = lastUser
        self.session = session
        self.attempt = attempt
    }

    package static let knownNames = ["request.NAME", "last.user", "session", "attempt"]

    package static func isKnown(_ name: String) -> Bool {
        ["last.user", "session", "attempt"].contains(name)
            || (name.hasPrefix("request.") && JSONPath("$." + name.dropFirst(8)) != nil)
    }

    /// Null if the request has no such member, or if the match did not use that group.
    subscript(name: String) -> JSONValue {
        if let text = captures[name] { return .string(text) }
        switch name {
        case "session": return .string(session)
        case "attempt": return .number(JSONNumber(attempt))
        case "last.user": return .string(lastUser ?? "")
        default:
            guard name.hasPrefix("request."), let path = JSONPath("$." + name.dropFirst(8)) else { return .null }
            return path.value(in: request) ?? .null
        }
    }
}

extension Substring {
    fileprivate func firstRange(of text: String) -> Range<Index>? {
        let wanted = Array(text.utf8)
        var index = startIndex
        while index < endIndex {
            if utf8[index...].starts(with: wanted) { return index..<utf8.index(index, offsetBy: wanted.count) }
            index = utf8.index(after: index)
        }
        return nil
    }
}
