/// Text from untrusted sources, such as the name of a model in a request, made safe for one line of a terminal or a log.
package enum TerminalText {
    /// Characters that move the cursor, change the terminal, begin a new line or change the direction of text become escapes: `\u{1b}[31m`.
    /// Other characters stay as they are.
    package static func visible(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isDangerous) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            result += isDangerous(scalar) ? escape(scalar) : String(scalar)
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: "\\u{\(String(scalar.value, radix: 16))}"
        }
    }

    private static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x2028, 0x2029: true
        // Characters that embed, override or isolate the direction of text (Unicode UAX #9).
        case 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
