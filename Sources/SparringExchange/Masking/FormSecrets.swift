import SparringWire

/// Finds secrets in the fields of forms, by the field's name.
struct FormSecrets {
    private let bytes: UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// - Parameter type: the body's media type.
    func forEach(in type: String, _ body: (Range<Int>) -> Void) {
        let type = type.lowercased()
        if type.hasPrefix("application/x-www-form-urlencoded") { encoded(body) }
        if type.hasPrefix("multipart/") { multipart(body) }
    }

    /// `name=value&…`, percent-encoded.
    private func encoded(_ body: (Range<Int>) -> Void) {
        for field in bytes.split(separator: UInt8(ascii: "&")) {
            let equals = field.firstIndex(of: UInt8(ascii: "=")) ?? field.endIndex
            let value = equals < field.endIndex ? (equals + 1)..<field.endIndex : field.startIndex..<equals
            let name = PercentEncoding.decode(String(decoding: field[..<equals], as: UTF8.self)[...])
            let isNamed = equals < field.endIndex && SecretName.matches(parameter: name)
            if !value.isEmpty, isNamed ? !Redaction.isOwnKey(bytes[value]) : isHidden(value) { body(value) }
        }
    }

    /// Whether a value contains a secret that appears only after decoding.
    private func isHidden(_ value: Range<Int>) -> Bool {
        guard bytes[value].contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else { return false }
        let shown = String(decoding: Redaction.bytes(Array(bytes[value])), as: UTF8.self)
        return !Redaction.edits(of: Array(PercentEncoding.decode(shown[...], isForm: true).utf8)).isEmpty
    }

    /// The content of each part whose name is a secret's name (RFC 7578 §4.2).
    private func multipart(_ body: (Range<Int>) -> Void) {
        var next = 0
        while let found = Redaction.position(of: "name=", anchor: 4, in: bytes, from: next) {
            var start = found + 5
            if start < bytes.count, bytes[start] == UInt8(ascii: "\"") { start += 1 }
            var end = start
            while end < bytes.count, isNameByte(bytes[end]) { end += 1 }
            next = max(end, found + 1)
            // Skips `filename=`.
            guard found == 0 || !isNameByte(bytes[found - 1]), SecretName.matches(bytes[start..<end]),
                let content = content(after: end)
            else { continue }
            if !content.isEmpty, !Redaction.isOwnKey(bytes[content]) { body(content) }
            next = max(next, content.upperBound)
        }
    }

    private static let longestHead = 4096

    /// The range from the empty line to the next boundary.
    private func content(after position: Int) -> Range<Int>? {
        let head = UnsafeBufferPointer(rebasing: bytes[..<min(bytes.count, position + Self.longestHead)])
        let ends = [("\r\n\r\n" as StaticString), "\n\n"].compactMap { end in
            Redaction.position(of: end, in: head, from: position).map { $0 + end.utf8CodeUnitCount }
        }
        guard let start = ends.min() else { return nil }
        let end = Redaction.position(of: "\n--", in: bytes, from: start) ?? bytes.count
        return start..<(end > start && bytes[end - 1] == UInt8(ascii: "\r") ? end - 1 : end)
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        Redaction.isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}
