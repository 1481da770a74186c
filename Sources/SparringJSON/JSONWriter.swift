/// Appends JSON to a byte buffer, member by member: the hot path's way to make a body without building a tree first.
///
///     var writer = JSONWriter(style: .pretty)
///     writer.object { writer in
///         writer.member("id", "chatcmpl-1")
///         writer.member("choices") { $0.array { … } }
///     }
///     writer.bytes
///
/// The caller keeps the nesting balanced by construction: objects and arrays are closures.
package struct JSONWriter {
    package enum Style: Sendable {
        /// No white space: `{"a":1}`, as in every stream event.
        case compact
        /// Two spaces, `": "`, empty containers closed up: as the API prints whole bodies.
        case pretty
        /// Four spaces: as the API's routing layer prints its 404.
        case wide

        fileprivate var indent: Int {
            switch self {
            case .compact: 0
            case .pretty: 2
            case .wide: 4
            }
        }
    }

    package private(set) var bytes: [UInt8] = []
    private let indent: Int
    private var depth = 0
    private var isFirst = true

    package init(style: Style = .compact, reserving capacity: Int = 512) {
        indent = style.indent
        bytes.reserveCapacity(capacity)
    }

    package mutating func object(_ members: (inout JSONWriter) -> Void) {
        container(open: 0x7B, close: 0x7D, members)
    }

    package mutating func array(_ elements: (inout JSONWriter) -> Void) {
        container(open: 0x5B, close: 0x5D, elements)
    }

    package mutating func member(_ name: String, _ value: (inout JSONWriter) -> Void) {
        separate()
        string(name)
        bytes.append(0x3A)
        if indent > 0 { bytes.append(0x20) }
        value(&self)
    }

    package mutating func element(_ value: (inout JSONWriter) -> Void) {
        separate()
        value(&self)
    }

    package mutating func member(_ name: String, _ value: String) { member(name) { $0.string(value) } }
    package mutating func member(_ name: String, _ value: Int) { member(name) { $0.raw(String(value)) } }
    package mutating func member(_ name: String, _ value: Bool) { member(name) { $0.raw(value ? "true" : "false") } }
    package mutating func member(_ name: String, _ value: JSONValue) { member(name) { $0.value(value) } }
    package mutating func null(_ name: String) { member(name) { $0.raw("null") } }

    /// Nil is written as `null`.
    package mutating func member(_ name: String, orNull value: String?) {
        member(name) { writer in
            if let value { writer.string(value) } else { writer.raw("null") }
        }
    }

    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: raw("null")
        case .bool(let flag): raw(flag ? "true" : "false")
        case .number(let number): raw(number.text)
        case .string(let text): string(text)
        case .array(let values): array { writer in for value in values { writer.element { $0.value(value) } } }
        case .object(let object):
            self.object { writer in for member in object.members { writer.member(member.name, member.value) } }
        }
    }

    /// A quoted string. Only what JSON requires is escaped; everything else, non-ASCII included, goes out as UTF-8.
    package mutating func string(_ text: String) {
        bytes.append(0x22)
        JSONEscaping.append(text, to: &bytes)
        bytes.append(0x22)
    }

    /// Bytes that are JSON already.
    package mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }
    package mutating func raw(_ json: [UInt8]) { bytes.append(contentsOf: json) }

    private mutating func container(open: UInt8, close: UInt8, _ content: (inout JSONWriter) -> Void) {
        bytes.append(open)
        depth += 1
        isFirst = true
        content(&self)
        depth -= 1
        if !isFirst { newline() }
        bytes.append(close)
        isFirst = false
    }

    private mutating func separate() {
        if !isFirst { bytes.append(0x2C) }
        isFirst = false
        newline()
    }

    private mutating func newline() {
        guard indent > 0 else { return }
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: indent * depth))
    }
}

extension JSONValue {
    package func serialized(_ style: JSONWriter.Style = .compact) -> [UInt8] {
        var writer = JSONWriter(style: style)
        writer.value(self)
        return writer.bytes
    }

    /// The document as text, for messages and logs.
    package func text(_ style: JSONWriter.Style = .compact) -> String {
        String(decoding: serialized(style), as: UTF8.self)
    }
}
