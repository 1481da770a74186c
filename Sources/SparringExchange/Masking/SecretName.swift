/// Names with secret values: of header fields, JSON members, parameters of a query or a form, and environment variables. Names are
/// case-insensitive, and `_` equals `-`: `OPENAI_API_KEY` and `openai-api-key` are the same name.
package enum SecretName {
    private static let names: Set<String> = [
        "authorization", "proxy-authorization", "api-key", "apikey", "access-token", "refresh-token", "id-token",
        "client-secret", "subscription-key", "password", "cookie", "set-cookie",
    ]

    /// A name with one of these endings is secret, whatever its beginning.
    private static let endings = [
        "-authorization", "-api-key", "-apikey", "-api-token", "-auth-token", "-access-token", "-refresh-token",
        "-security-token", "-session-token", "-client-secret", "-secret-key", "-access-key", "-subscription-key",
        "-password",
    ]

    package static func matches(_ name: some BidirectionalCollection<UInt8>) -> Bool {
        // Most names are rejected by this test, without being copied.
        guard let last = name.last, mayEnd(last | 0x20), (6...64).contains(name.count) else { return false }
        let normal = String(
            decoding: name.map { byte in
                byte == UInt8(ascii: "_") ? UInt8(ascii: "-") : byte &- 0x41 < 26 ? byte | 0x20 : byte
            }, as: UTF8.self)
        return names.contains(normal) || endings.contains(where: normal.hasSuffix)
    }

    private static func mayEnd(_ letter: UInt8) -> Bool {
        switch letter {
        case UInt8(ascii: "n"), UInt8(ascii: "y"), UInt8(ascii: "t"), UInt8(ascii: "d"), UInt8(ascii: "e"): true
        default: false
        }
    }

    /// Parameters that are also secret in a request's own query. In any other text, these names are ordinary words.
    private static let parameters: Set<String> = ["key", "token"]

    /// - Parameter name: percent-decoded.
    static func matches(parameter name: String) -> Bool {
        matches(name.utf8) || parameters.contains(name.lowercased())
    }
}
