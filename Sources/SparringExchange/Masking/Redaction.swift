package import SparringWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Takes secrets out of what is kept: a journal is attached to bug reports. What a client must prove is that it sends a
/// key, not which one.
///
/// Known places (`authorization`, cookies, keys in a query, members of JSON and fields of forms by their name, the user of a URL) are
/// masked whatever they hold; everywhere else only what is shaped like a credential, in base64 too. `sk-sparring-NAME` names a
/// session and stays. What the rules cannot find: a secret inside a compressed body, which floors above unpack first, and one
/// that an answer spells out piece by piece over several events.
package enum Redaction {
    /// Stands for what was taken out.
    package static let mark = "…(masked)"

    /// What may stand before a credential (RFC 9110 §11.1), in lower case. Any other word could be part of a secret.
    private static let schemes = ["bearer", "basic", "digest", "negotiate", "token"]

    /// A header value, masked where its name or its shape says so.
    package static func value(_ value: String, ofHeader name: String) -> String {
        guard SecretName.matches(name.utf8) else { return text(value) }
        return name.lowercased().hasSuffix("cookie") ? mark : credential(value)
    }

    package static func headers(_ headers: HeaderFields) -> HeaderFields {
        HeaderFields(headers.fields.map { HeaderFields.Field($0.name, value($0.value, ofHeader: $0.name)) })
    }

    /// `Bearer sk-proj-…` becomes `Bearer sk-…(masked)`: scheme and prefix tell how the key was sent, and are no secret.
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

    /// A request target: its secret parameters, and keys anywhere in it.
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

    /// A parameter in which no secret shows; its value is masked where one does once it is decoded.
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

    /// What a program prints: text in which heads of requests and settings stand as well.
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

    /// A body, or anything else in bytes.
    /// - Parameter type: its media type, which says whether it is a form.
    package static func bytes(_ bytes: [UInt8], type: String? = nil) -> [UInt8] {
        edits(of: bytes, type: type).applied(to: bytes)
    }

    /// What has to be replaced in a body.
    /// - Parameter unpack: takes compression off what stands in base64; nil where it is none.
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

    /// Keys alone: for bytes that are no text.
    static func keyEdits(of bytes: [UInt8]) -> Edits {
        bytes.withUnsafeBufferPointer { buffer in
            keys(in: buffer).reduce(into: Edits()) { $0.replace($1, with: Array(mark.utf8)) }
        }
    }

    /// An answer as it goes over the wire: the fields of its head, and secrets anywhere in it. With the length of its head.
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

    /// Up to and with the first empty line; all of it where a scenario has left that out.
    package static func headLength(ofAnswer bytes: [UInt8]) -> Int {
        bytes.withUnsafeBufferPointer { headLength(of: $0) { _ in } }
    }

    /// - Parameter line: called with each line of the head, without its end.
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

    /// Where a byte is next; nil where it is no more. The C library looks at many at a time: every byte of every answer passes
    /// through here.
    static func position(of byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard let base = bytes.baseAddress, start < bytes.count else { return nil }
        return memchr(base + start, CInt(byte), bytes.count - start).map {
            UnsafeRawPointer($0) - UnsafeRawPointer(base)
        }
    }

    /// Where a text is next; nil where it is no more.
    /// - Parameter anchor: the place of its rarest byte, which is what is looked for.
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

    /// The value of a header line whose name makes it a secret.
    private static func secretValue(in bytes: UnsafeBufferPointer<UInt8>, line: Range<Int>) -> Range<Int>? {
        let head = UnsafeBufferPointer(rebasing: bytes[..<line.upperBound])
        guard let colon = position(of: UInt8(ascii: ":"), in: head, from: line.lowerBound),
            SecretName.matches(head[line.lowerBound..<colon])
        else { return nil }
        let value = head[(colon + 1)...].drop { $0 == UInt8(ascii: " ") }
        return value.isEmpty ? nil : value.startIndex..<value.endIndex
    }

    // MARK: The shape of a key

    private static let ownPrefix = Array("sk-sparring-".utf8)

    /// Whether all of it names a session.
    static func isOwnKey(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.starts(with: ownPrefix) && bytes.allSatisfy(isKeyByte)
    }

    /// The letters, digits, `-` and `_` that follow `sk-` in a key; shorter ones are words (`sk-learn`).
    private static let shortestKey = 16

    /// Where the tails of keys are, without their `sk-`.
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

    /// `task-…` is no key. `\nsk-…` inside a JSON string and `%3Dsk-…` inside a target are.
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
