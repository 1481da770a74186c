/// Appends JSON to a byte buffer, member by member. Bodies are written with it directly, without building a tree first, because speed
/// matters there.
///
///     var writer = JSONWriter(style: .pretty)
///     writer.object { writer in
///         writer.member("id", "chatcmpl-1")
///         writer.member("choices") { $0.array { … } }
///     }
///     writer.bytes
///
/// Objects and arrays are closures, so the nesting is always balanced.
package struct JSONWriter: ~Copyable {
    package enum Style: Sendable {
        /// No white space: `{"a":1}`, as in every stream event.
        case compact
        /// Two spaces of indentation, `": "` after names and no space in empty containers, as in the API's whole bodies.
        case pretty
        /// Four spaces of indentation, as in the 404 of the API's routing layer.
        case wide

        fileprivate var indent: Int {
            switch self {
            case .compact: 0
            case .pretty: 2
            case .wide: 4
            }
        }
    }

    private var output: OutputBytes
    private let indent: Int
    private var depth = 0
    private var isFirst = true

    package init(style: Style = .compact, reserving capacity: Int = 512) {
        indent = style.indent
        output = OutputBytes(capacity: capacity)
    }

    /// A copy of the bytes written so far.
    package var bytes: [UInt8] { output.array }

    /// The number of bytes written so far: the place of the next byte.
    package var count: Int { output.count }

    package mutating func object(_ members: (inout JSONWriter) -> Void) {
        container(open: 0x7B, close: 0x7D, members)
    }

    package mutating func array(_ elements: (inout JSONWriter) -> Void) {
        container(open: 0x5B, close: 0x5D, elements)
    }

    /// Writes a member whose name is a literal. The name is copied unchanged and must not need escapes.
    package mutating func member(_ name: StaticString, _ value: (inout JSONWriter) -> Void) {
        self.name(name)
        value(&self)
    }

    /// Writes a member whose name comes from a document.
    package mutating func member(named name: String, _ value: JSONValue) {
        separate()
        string(name)
        colon()
        self.value(value)
    }

    package mutating func member(named name: String, _ value: (inout JSONWriter) -> Void) {
        separate()
        string(name)
        colon()
        value(&self)
    }

    package mutating func element(_ value: (inout JSONWriter) -> Void) {
        separate()
        value(&self)
    }

    package mutating func member(_ name: StaticString, _ value: String) {
        self.name(name)
        string(value)
    }

    package mutating func member(_ name: StaticString, _ value: Int) {
        self.name(name)
        integer(value)
    }

    package mutating func member(_ name: StaticString, _ value: Bool) {
        self.name(name)
        raw(value ? "true" : "false")
    }

    package mutating func member(_ name: StaticString, _ value: JSONValue) {
        self.name(name)
        self.value(value)
    }

    package mutating func null(_ name: StaticString) {
        self.name(name)
        raw("null")
    }

    /// Writes nil as `null`.
    package mutating func member(_ name: StaticString, orNull value: String?) {
        self.name(name)
        if let value { string(value) } else { raw("null") }
    }

    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: raw("null")
        case .bool(let flag): raw(flag ? "true" : "false")
        case .number(let number): raw(number.text)
        case .string(let text): string(text)
        case .array(let values): array { writer in for value in values { writer.element { $0.value(value) } } }
        case .object(let object):
            self.object { writer in for member in object.members { writer.member(named: member.name, member.value) } }
        }
    }

    /// Writes a quoted string. Escapes only what JSON requires; everything else, including non-ASCII, is written as
    /// UTF-8.
    package mutating func string(_ text: String) {
        output.append(0x22)
        withUTF8(of: text) { utf8, output in
            guard JSONEscaping.isNeeded(in: utf8) else { return output.append(utf8) }
            var escaped: [UInt8] = []
            JSONEscaping.append(utf8, to: &escaped)
            escaped.withUnsafeBufferPointer { output.append($0) }
        }
        output.append(0x22)
    }

    /// Writes digit by digit, because a `String` for each number would cost more than the number.
    private mutating func integer(_ value: Int) {
        guard value >= 0 else { return raw(String(value)) }
        if value >= 10 { integer(value / 10) }
        output.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10))
    }

    /// Appends text that is already JSON.
    package mutating func raw(_ text: String) { withUTF8(of: text) { $1.append($0) } }
    package mutating func raw(_ json: [UInt8]) { json.withUnsafeBufferPointer { output.append($0) } }

    /// Passes the UTF-8 of a text. The text is usually contiguous, and is then accessed without reference counting.
    private mutating func withUTF8(of text: String, _ body: (UnsafeBufferPointer<UInt8>, inout OutputBytes) -> Void) {
        guard text.utf8.withContiguousStorageIfAvailable({ body($0, &output) }) == nil else { return }
        var text = text
        text.withUTF8 { body($0, &output) }
    }

    private mutating func container(open: UInt8, close: UInt8, _ content: (inout JSONWriter) -> Void) {
        output.append(open)
        depth += 1
        isFirst = true
        content(&self)
        depth -= 1
        if !isFirst { newline() }
        output.append(close)
        isFirst = false
    }

    private mutating func name(_ name: StaticString) {
        separate()
        output.append(0x22)
        output.append(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        output.append(0x22)
        colon()
    }

    private mutating func colon() {
        output.append(0x3A)
        if indent > 0 { output.append(0x20) }
    }

    private mutating func separate() {
        if !isFirst { output.append(0x2C) }
        isFirst = false
        newline()
    }

    private mutating func newline() {
        guard indent > 0 else { return }
        output.append(0x0A)
        output.append(0x20, times: indent * depth)
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
