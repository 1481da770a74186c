/// Finds secrets by their context in any text: credentials after their scheme, the user of a URL, parameters of a URL,
/// and keys with Azure's signature.
struct SecretShapes {
    private let bytes: UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    func forEach(_ body: (Range<Int>) -> Void) {
        credentials(body)
        users(body)
        parameters(body)
        azureKeys(body)
    }

    // MARK: Credentials (RFC 9110 §11.4)

    /// The length of the shortest token; shorter texts, and texts without a digit, are words: "a bearer token", "Bearer authentication".
    private static let shortestToken = 16

    private func credentials(_ body: (Range<Int>) -> Void) {
        for letter in "Bb".utf8 {
            var next = 0
            while let found = Redaction.position(of: letter, in: bytes, from: next) {
                next = found + 1
                if let token = token(after: "earer ", at: next), isBearer(token) {
                    body(token)
                } else if let token = token(after: "asic ", at: next), isBasic(token) {
                    body(token)
                }
            }
        }
    }

    private func isBearer(_ token: Range<Int>) -> Bool {
        token.count >= Self.shortestToken && bytes[token].contains { $0 &- 0x30 < 10 }
    }

    /// Whether the token is base64 of `user:password`.
    private func isBasic(_ token: Range<Int>) -> Bool {
        guard let pair = Base64Letters.decoded(bytes[token].filter({ $0 != UInt8(ascii: "=") })) else { return false }
        return pair.contains(UInt8(ascii: ":")) && Base64Letters.isText(pair)
            && String(validating: pair, as: UTF8.self) != nil
    }

    /// The token after a scheme; nil if the scheme's name is not complete, or if the credential is a session's.
    private func token(after scheme: StaticString, at position: Int) -> Range<Int>? {
        let start = position + scheme.utf8CodeUnitCount
        let letters = UnsafeBufferPointer(start: scheme.utf8Start, count: scheme.utf8CodeUnitCount)
        guard start < bytes.count, bytes[position..<start].elementsEqual(letters, by: { $0 | 0x20 == $1 }) else {
            return nil
        }
        var end = start
        while end < bytes.count, isTokenByte(bytes[end]) { end += 1 }
        guard !Redaction.isOwnKey(bytes[start..<end]) else { return nil }
        // The masked text keeps the key's `sk-`, which shows that it was a key.
        let prefix = bytes[start..<end].starts(with: "sk-".utf8) ? 3 : 0
        return start + prefix < end ? (start + prefix)..<end : nil
    }

    /// `token68` of RFC 9110 §11.2.
    private func isTokenByte(_ byte: UInt8) -> Bool { Redaction.isAlphanumeric(byte) || "-._~+/=".utf8.contains(byte) }

    // MARK: URLs

    private static let longestUser = 1024

    /// Finds the text before the `@` of an authority (RFC 3986 §3.2.1).
    private func users(_ body: (Range<Int>) -> Void) {
        var next = 4
        while let at = Redaction.position(of: UInt8(ascii: "@"), in: bytes, from: next) {
            next = at + 1
            var start = at
            while start > 0, at - start < Self.longestUser, isUserByte(bytes[start - 1]) { start -= 1 }
            guard start < at, ends(at: start, "://") || ends(at: start, #":\/\/"#) else { continue }
            body(start..<at)
        }
    }

    private func isUserByte(_ byte: UInt8) -> Bool { byte > 0x20 && !#"/\"'<>?#`"#.utf8.contains(byte) }

    private func ends(at end: Int, _ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        return end >= count
            && bytes[(end - count)..<end].elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: count))
    }

    /// Finds the value of a parameter of a URL in a text.
    private func parameters(_ body: (Range<Int>) -> Void) {
        var next = 2
        while let equals = Redaction.position(of: UInt8(ascii: "="), in: bytes, from: next) {
            next = equals + 1
            var start = equals
            while start > 0, equals - start < 64, isNameByte(bytes[start - 1]) { start -= 1 }
            // Some JSON writers escape the ampersand.
            if bytes[start..<equals].starts(with: "u0026".utf8), ends(at: start, "\\") { start += 5 }
            guard start > 0, start < equals, "?&;6".utf8.contains(bytes[start - 1]),
                SecretName.matches(bytes[start..<equals])
            else { continue }
            var end = next
            while end < bytes.count, isValueByte(bytes[end]) { end += 1 }
            guard end > next, !Redaction.isOwnKey(bytes[next..<end]) else { continue }
            body(next..<end)
            next = end
        }
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        Redaction.isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    private func isValueByte(_ byte: UInt8) -> Bool { byte > 0x20 && !#"&"'\<>#)]}`,"#.utf8.contains(byte) }

    // MARK: Azure

    /// Finds the keys that Azure has issued since 2024: 84 letters and digits, with the signature after the first 52 of them.
    ///
    /// Source: https://github.com/microsoft/security-utilities (common annotated security keys)
    private func azureKeys(_ body: (Range<Int>) -> Void) {
        var next = 52
        while let signature = Redaction.position(of: "JQQJ99", in: bytes, from: next) {
            next = signature + 6
            var (start, end) = (signature, next)
            while start > 0, signature - start <= 52, Redaction.isAlphanumeric(bytes[start - 1]) { start -= 1 }
            while end < bytes.count, end - signature <= 32, Redaction.isAlphanumeric(bytes[end]) { end += 1 }
            guard signature - start >= 52, end - signature >= 32 else { continue }
            body(start..<end)
            next = end
        }
    }
}
