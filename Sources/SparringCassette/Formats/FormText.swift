/// Encodes names and values for a form or a query.
enum FormText {
    /// A space becomes `+`. Letters, digits and `-._~` do not change; any other byte becomes a percent sign and two digits.
    static func encoded(_ text: String) -> String {
        text.utf8.map { byte -> String in
            let isPlain = byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte)
            if isPlain { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return byte == 0x20 ? "+" : digits.utf8.count < 2 ? "%0\(digits)" : "%\(digits)"
        }
        .joined()
    }
}
