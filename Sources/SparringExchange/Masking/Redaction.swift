package import SparringWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Masks secrets in all stored data, because users attach journals to bug reports. A test needs to know that a client
/// sends a key, but not which key.
///
/// In certain places, every value is masked: in `authorization`, in cookies, in the keys of a query, in JSON members and form fields with
/// certain names, and in the user of a URL. In other places, only text with the format of a credential is masked, also in base64.
/// `sk-sparring-NAME` names a session and is not masked. The rules do not find a secret inside a compressed body, which other modules
/// decompress first, nor a secret that is spread over several events.
package enum Redaction {
    /// The text that replaces a secret.
    package static let mark = "…(masked)"

    /// Schemes that may precede a credential (RFC 9110 §11.1), in lowercase. Any other word before a credential could be part of a secret.
    private static let schemes = ["bearer", "basic", "digest", "negotiate", "token"]

    /// The value of a header field, masked if the field's name or the value's format requires it.
    package static func value(_ value: String, ofHeader name: String) -> String {
        if name.lowercased() == "sec-websocket-protocol" { return subprotocols(value) }
        guard SecretName.matches(name.utf8) else { return text(value) }
        return name.lowercased().hasSuffix("cookie") ? mark : credential(value)
    }

    /// The subprotocols of a WebSocket with the key masked: a browser sends its key, of any format, as a subprotocol.
    private static func subprotocols(_ value: String) -> String {
        let prefix = "openai-insecure-api-key."
        return value.split(separator: ",", omittingEmptySubsequences: false).map { item -> String in
            guard let key = item.firstRange(of: prefix)?.upperBound, key < item.endIndex else {
                return text(String(item))
            }
            return String(item[..<key]) + credential(String(item[key...]))
        }.joined(separator: ",")
    }

    package static func headers(_ headers: HeaderFields) -> HeaderFields {
        HeaderFields(headers.fields.map { HeaderFields.Field($0.name, value($0.value, ofHeader: $0.name)) })
    }

    /// `Bearer sk-proj-…` becomes `Bearer sk-…(masked)`: scheme and prefix show how the key was sent, and are not secret.
    package static func credential(_ value: String) -> String {
        let blank = UInt8(ascii: " ")
        let words = value.utf8.drop { $0 == blank }
        let end = words.firstIndex(of: blank) ?? words.endIndex
        let (first, rest) = (value[words.startIndex..<end], words[end...].dropFirst())
        guard !first.isEmpty else { return value }
        let hasScheme = !rest.isEmpty && isScheme(first.utf8)
        let key = hasScheme ? value[rest.startIndex...] : value[...]
        if key.utf8.starts(with: ownPrefix), key.utf8.allSatisfy({ $0 != UInt8(ascii: " ") }) { return value }
        return (hasScheme ? "\(first) " : "") + (key.utf8.starts(with: "sk-".utf8) ? "sk-" : "") + mark
    }

    private static func isScheme(_ word: Substring.UTF8View) -> Bool {
        schemes.contains { scheme in
            scheme.utf8.count == word.count && scheme.utf8.elementsEqual(word) { $0 == $1 | 0x20 }
        }
    }

    /// A request target, with its secret parameters and all keys masked.
    package static func target(_ target: String) -> String {
        guard let question = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return text(target) }
        let query = target[target.index(after: question)...].split(separator: "&", omittingEmptySubsequences: false)
        let masked = query.map { parameter in
            guard let equals = parameter.utf8.firstIndex(of: UInt8(ascii: "=")),
                SecretName.matches(parameter: PercentEncoding.decode(parameter[..<equals]))
            else { return hidden(in: text(String(parameter))) }
            return "\(parameter[..<equals])=\(credential(String(parameter[parameter.index(after: equals)...])))"
        }
        return text(String(target[...question])) + masked.joined(separator: "&")
    }

    /// A query parameter without a visible secret; its value is masked if decoding reveals a secret.
    private static func hidden(in parameter: String) -> String {
        guard parameter.utf8.contains(UInt8(ascii: "%")),
            !edits(of: Array(PercentEncoding.decode(parameter[...], isForm: true).utf8)).isEmpty
        else { return parameter }
        guard let equals = parameter.utf8.firstIndex(of: UInt8(ascii: "=")) else { return mark }
        return parameter[...equals] + mark
    }

    /// Free text, such as a session's name or an error message.
    package static func text(_ text: String) -> String {
        var text = text
        return text.withUTF8 { utf8 in
            let edits = self.edits(of: utf8)
            return edits.isEmpty ? .none : String(decoding: edits.applied(to: Array(utf8)), as: UTF8.self)
        } ?? text
    }

    /// The output of a program: text that may contain request heads and settings.
    package static func output(_ text: String) -> String {
        var text = text
        return text.withUTF8 { utf8 in
            var edits = self.edits(of: utf8)
            OutputSecrets(utf8).forEach { value in
                let old = String(decoding: utf8[value], as: UTF8.self)
                let new = credential(old)
                if new != old { edits.replace(value, with: Array(new.utf8)) }
            }
            return edits.isEmpty ? .none : String(decoding: edits.applied(to: Array(utf8)), as: UTF8.self)
        } ?? text
    }

    /// A body or other bytes.
    /// - Parameter type: the media type, which shows whether the body is a form.
    package static func bytes(_ bytes: [UInt8], type: String? = nil) -> [UInt8] {
        edits(of: bytes, type: type).applied(to: bytes)
    }

    /// The replacements for a body.
    /// - Parameter unpack: decompresses the content of base64; returns nil if the content is not compressed.
    package static func edits(
        of bytes: [UInt8], type: String? = nil, depth: Int = 0, unpack: (([UInt8]) -> [UInt8]?)? = nil
    ) -> Edits {
        bytes.withUnsafeBufferPointer { edits(of: $0, type: type, depth: depth, unpack: unpack) }
    }

    private static func edits(
        of bytes: UnsafeBufferPointer<UInt8>, type: String? = nil, depth: Int = 0,
        unpack: (([UInt8]) -> [UInt8]?)? = nil
    ) -> Edits {
        var edits = Edits()
        func mask(_ range: Range<Int>) {
            let isMasked = bytes[range].elementsEqual(mark.utf8)
            if !range.isEmpty, !isMasked, !isOwnKey(bytes[range]) { edits.replace(range, with: Array(mark.utf8)) }
        }
        keys(in: bytes).forEach(mask)
        SecretMembers(bytes).forEach(mask)
        SecretShapes(bytes).forEach(mask)
        if let type { FormSecrets(bytes).forEach(in: type, mask) }
        CodedSecrets(bytes, depth: depth, unpack: unpack).addEdits(to: &edits)
        return edits
    }

    /// Masks only keys, for bytes that are not text.
    static func keyEdits(of bytes: [UInt8]) -> Edits {
        bytes.withUnsafeBufferPointer { buffer in
            keys(in: buffer).reduce(into: Edits()) { $0.replace($1, with: Array(mark.utf8)) }
        }
    }

    /// An answer in wire format, with the secrets of its head and its body masked, and the length of its head.
    package static func answer(_ bytes: [UInt8]) -> (bytes: [UInt8], headLength: Int) {
        bytes.withUnsafeBufferPointer { buffer in
            var edits = Edits()
            let length = headLength(of: buffer) { line in
                if let value = secretValue(in: buffer, line: line) { edits.replace(value, with: Array(mark.utf8)) }
            }
            edits.add(self.edits(of: buffer))
            guard !edits.isEmpty else { return (bytes, length) }
            let masked = edits.applied(to: bytes)
            return (masked, headLength(ofAnswer: masked))
        }
    }

    /// The length up to and including the first empty line; the whole length if a scenario has left the empty line out.
    package static func headLength(ofAnswer bytes: [UInt8]) -> Int {
        bytes.withUnsafeBufferPointer { headLength(of: $0) { _ in } }
    }

    /// - Parameter line: called with each line of the head, without the line's end.
    private static func headLength(of bytes: UnsafeBufferPointer<UInt8>, _ line: (Range<Int>) -> Void) -> Int {
        var start = 0
        while start < bytes.count {
            let lineFeed = position(of: UInt8(ascii: "\n"), in: bytes, from: start) ?? bytes.count
            let end = lineFeed > start && bytes[lineFeed - 1] == UInt8(ascii: "\r") ? lineFeed - 1 : lineFeed
            if end == start, lineFeed < bytes.count { return lineFeed + 1 }
            line(start..<end)
            start = lineFeed + 1
        }
        return bytes.count
    }

    /// The next position of a byte; nil if the byte does not occur. Every byte of every answer passes through this search, so it uses the C
    /// library, which compares many bytes at a time.
    static func position(of byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard let base = bytes.baseAddress, start < bytes.count else { return nil }
        return memchr(base + start, CInt(byte), bytes.count - start).map {
            UnsafeRawPointer($0) - UnsafeRawPointer(base)
        }
    }

    /// The next position of a text; nil if the text does not occur.
    /// - Parameter anchor: the index of the text's rarest byte, which is searched for.
    static func position(
        of text: StaticString, anchor: Int = 0, in bytes: UnsafeBufferPointer<UInt8>, from start: Int
    ) -> Int? {
        let text = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        var next = start + anchor
        while let found = position(of: text[anchor], in: bytes, from: next) {
            let first = found - anchor
            guard first + text.count <= bytes.count else { return nil }
            if bytes[first..<(first + text.count)].elementsEqual(text) { return first }
            next = found + 1
        }
        return nil
    }

    /// The value of a header line with a secret's name.
    private static func secretValue(in bytes: UnsafeBufferPointer<UInt8>, line: Range<Int>) -> Range<Int>? {
        let head = UnsafeBufferPointer(rebasing: bytes[..<line.upperBound])
        guard let colon = position(of: UInt8(ascii: ":"), in: head, from: line.lowerBound),
            SecretName.matches(head[line.lowerBound..<colon])
        else { return nil }
        let value = head[(colon + 1)...].drop { $0 == UInt8(ascii: " ") }
        return value.isEmpty ? nil : value.startIndex..<value.endIndex
    }

    // MARK: The format of a key

    private static let ownPrefix = Array("sk-sparring-".utf8)

    /// Whether the whole text is the name of a session in the format of a key.
    static func isOwnKey(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.starts(with: ownPrefix) && bytes.allSatisfy(isKeyByte)
    }

    /// The smallest number of letters, digits, `-` and `_` after `sk-` in a key; shorter texts are words (`sk-learn`).
    private static let shortestKey = 16

    /// The ranges of keys without their `sk-`.
    private static func keys(in bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var keys: [Range<Int>] = []
        var next = 2
        while let index = position(of: UInt8(ascii: "-"), in: bytes, from: next) {
            next = index + 1
            guard bytes[index - 1] == UInt8(ascii: "k"), bytes[index - 2] == UInt8(ascii: "s"),
                isWordStart(index - 2, in: bytes)
            else { continue }
            let start = index + 1
            var end = start
            while end < bytes.count, isKeyByte(bytes[end]) { end += 1 }
            let isOwn = bytes[(index - 2)...].starts(with: ownPrefix)
            if end - start >= shortestKey, !isOwn { keys.append(start..<end) }
            next = end + 2
        }
        return keys
    }

    /// Whether a key can start here: after a character that is not part of a word. No key starts in `task-…`, but one starts in `\nsk-…` of
    /// a JSON string and in `%3Dsk-…` of a target.
    private static func isWordStart(_ index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard index > 0, isAlphanumeric(bytes[index - 1]) else { return true }
        func isByte(_ byte: UInt8, before distance: Int) -> Bool {
            index >= distance && bytes[index - distance] == byte
        }
        return isByte(UInt8(ascii: "\\"), before: 2) || isByte(UInt8(ascii: "%"), before: 3)
            || (isByte(UInt8(ascii: "u"), before: 5) && isByte(UInt8(ascii: "\\"), before: 6))
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
    }
}
