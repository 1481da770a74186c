package import SparringWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Takes secrets out of what is kept: a journal is attached to bug reports. What a client must prove is that it sends a
/// key, not which one.
///
/// Known places (`authorization`, cookies, keys in a query) are masked whatever they hold; everywhere else only what is
/// shaped like an API key. `sk-sparring-NAME` names a session and stays. What the rules cannot see: a secret inside a
/// compressed body, and one that an answer spells out piece by piece over several events.
package enum Redaction {
    /// Stands for what was taken out.
    package static let mark = "…(masked)"

    /// Field names, in lower case, whose values are secrets as a whole.
    private static let secretFields: Set<String> = [
        "authorization", "proxy-authorization", "api-key", "x-api-key", "cookie", "set-cookie",
    ]

    /// What may stand before a credential (RFC 9110 §11.1), in lower case. Any other word could be part of a secret.
    private static let schemes = ["bearer", "basic", "digest", "negotiate", "token"]

    /// Query parameters, in lower case, whose values are secrets as a whole.
    private static let secretParameters: Set<String> = [
        "api_key", "api-key", "apikey", "key", "token", "access_token",
    ]

    /// A header value, masked where its name or its shape says so.
    package static func value(_ value: String, ofHeader name: String) -> String {
        guard mayBeSecret(name.utf8) else { return text(value) }
        return switch name.lowercased() {
        case "cookie", "set-cookie": mark
        case let name where secretFields.contains(name): credential(value)
        default: text(value)
        }
    }

    /// By length, then by first and last letter, so that few names are copied to compare them in lower case.
    private static func mayBeSecret(_ name: some BidirectionalCollection<UInt8>) -> Bool {
        let count = name.count
        guard count < UInt64.bitWidth, secretLengths >> UInt64(count) & 1 == 1,
            let first = name.first.map({ $0 | 0x20 }), let last = name.last.map({ $0 | 0x20 })
        else { return false }
        return secretShapes.contains { $0.count == count && $0.first == first && $0.last == last }
    }

    private static let secretShapes = secretFields.map { name in
        (count: name.utf8.count, first: name.utf8.first, last: name.utf8.last)
    }
    /// Bit n: a secret's name has n bytes.
    private static let secretLengths = secretFields.reduce(into: UInt64(0)) { $0 |= 1 << UInt64($1.utf8.count) }

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
                secretParameters.contains(PercentEncoding.decode(parameter[..<equals]).lowercased())
            else { return text(String(parameter)) }
            return "\(parameter[..<equals])=\(credential(String(parameter[parameter.index(after: equals)...])))"
        }
        return text(String(target[...question])) + masked.joined(separator: "&")
    }

    /// Free text, such as a session's name or an error message.
    package static func text(_ text: String) -> String {
        var text = text
        return text.withUTF8 { utf8 in
            let keys = self.keys(in: utf8)
            return keys.isEmpty ? .none : String(decoding: masking(keys, in: utf8), as: UTF8.self)
        } ?? text
    }

    /// A body, or anything else in bytes.
    package static func bytes(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBufferPointer { buffer in
            let keys = self.keys(in: buffer)
            return keys.isEmpty ? .none : masking(keys, in: buffer)
        } ?? bytes
    }

    /// Where keys are in a body, without their `sk-`.
    package static func keyRanges(in bytes: [UInt8]) -> [Range<Int>] { bytes.withUnsafeBufferPointer { keys(in: $0) } }

    /// An answer as it goes over the wire: the fields of its head, and keys anywhere in it. With the length of its head.
    package static func answer(_ bytes: [UInt8]) -> (bytes: [UInt8], headLength: Int) {
        bytes.withUnsafeBufferPointer { buffer in
            var fields: [Range<Int>] = []
            let length = headLength(of: buffer) { line in
                if let value = secretValue(in: buffer, line: line) { fields.append(value) }
            }
            let keys = self.keys(in: buffer)
            guard !fields.isEmpty || !keys.isEmpty else { return (bytes, length) }
            let masked = masking(merged(fields + keys), in: buffer)
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
    private static func position(of byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard let base = bytes.baseAddress, start < bytes.count else { return nil }
        return memchr(base + start, CInt(byte), bytes.count - start).map {
            UnsafeRawPointer($0) - UnsafeRawPointer(base)
        }
    }

    /// A key inside a field that is masked whole goes with it.
    private static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
        ranges.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { merged, range in
            if let last = merged.last, last.overlaps(range) {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
    }

    /// The value of a header line whose name makes it a secret.
    private static func secretValue(in bytes: UnsafeBufferPointer<UInt8>, line: Range<Int>) -> Range<Int>? {
        let head = UnsafeBufferPointer(rebasing: bytes[..<line.upperBound])
        guard let colon = position(of: UInt8(ascii: ":"), in: head, from: line.lowerBound),
            isSecretField(head[line.lowerBound..<colon])
        else { return nil }
        let value = head[(colon + 1)...].drop { $0 == UInt8(ascii: " ") }
        return value.isEmpty ? nil : value.startIndex..<value.endIndex
    }

    private static func isSecretField(_ name: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        mayBeSecret(name) && secretFields.contains(String(decoding: name, as: UTF8.self).lowercased())
    }

    // MARK: The shape of a key

    private static let ownPrefix = Array("sk-sparring-".utf8)

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

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
    }

    private static func masking(_ ranges: [Range<Int>], in bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var masked: [UInt8] = []
        masked.reserveCapacity(bytes.count)
        var position = 0
        for range in ranges {
            masked.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[position..<range.lowerBound]))
            masked.append(contentsOf: mark.utf8)
            position = range.upperBound
        }
        masked.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[position...]))
        return masked
    }
}
