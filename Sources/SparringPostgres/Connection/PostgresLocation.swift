/// The URL of a database, such as `postgres://user:password@host:5432/name`. The URL is never printed with its password.
///
/// Source: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
package struct PostgresLocation: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The URL with its password, for `libpq` only.
    let url: String
    /// The URL with `***` in place of passwords.
    package let description: String
    /// The passwords in the URL, both as written and decoded.
    private let secrets: [String]

    /// - Returns: nil if the text is not a URL of PostgreSQL.
    package init?(_ text: String) {
        let scheme = ["postgres://", "postgresql://"].first { text.hasPrefix($0) }
        guard let scheme, text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return nil }
        var rest = Array(text.utf8.dropFirst(scheme.utf8.count))
        var found: [[UInt8]] = []
        // A password with an unescaped "@", "/" or "?" is a mistake, but must not be printed either. Such a password ends at the last "@".
        if let colon = rest.firstIndex(where: { $0 == 0x3A || $0 == 0x40 || $0 == 0x2F || $0 == 0x3F }),
            rest[colon] == 0x3A, let at = rest.lastIndex(of: 0x40), at > colon
        {
            found.append(Array(rest[(colon + 1)..<at]))
            rest.replaceSubrange((colon + 1)..<at, with: Array("***".utf8))
        }
        let parts = rest.split(separator: 0x3F, maxSplits: 1, omittingEmptySubsequences: false)
        var shown = scheme + String(decoding: parts[0], as: UTF8.self)
        if parts.count == 2 {
            let options = parts[1].split(separator: 0x26, omittingEmptySubsequences: false).map { option in
                let name = Self.decoded(Array(option.prefix { $0 != 0x3D }))
                guard ["password", "sslpassword"].contains(name), name.utf8.count < option.count else {
                    return String(decoding: option, as: UTF8.self)
                }
                found.append(Array(option[(option.firstIndex(of: 0x3D) ?? option.startIndex)...].dropFirst()))
                return name + "=***"
            }
            shown += "?" + options.joined(separator: "&")
        }
        url = text
        description = shown
        secrets = found.flatMap { [String(decoding: $0, as: UTF8.self), Self.decoded($0)] }.filter { !$0.isEmpty }
    }

    package var debugDescription: String { description }

    /// `dump` and the messages of tests read the properties through this mirror.
    package var customMirror: Mirror { Mirror(self, children: ["url": description]) }

    /// A message of `libpq` or of the server, in one line and without the passwords.
    func redacted(_ message: String) -> String {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: "; ")
        return secrets.reduce(line) { $0.replacing($1, with: "***") }
    }

    /// Percent-decoded bytes; a `%` without a valid escape stays as it is.
    private static func decoded(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x25, index + 2 < bytes.count,
                let byte = UInt8(String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
            {
                result.append(byte)
                index += 3
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
