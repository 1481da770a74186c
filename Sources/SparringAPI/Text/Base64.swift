/// Base64 (RFC 4648 §4).
package enum Base64 {
    package static func text(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var group: UInt32 = 0
        var held = 0
        for byte in bytes {
            group = group << 8 | UInt32(byte)
            held += 1
            guard held == 3 else { continue }
            append(group, characters: 4, to: &text)
            (group, held) = (0, 0)
        }
        if held > 0 {
            append(group << (8 * UInt32(3 - held)), characters: held + 1, to: &text)
            text.append(contentsOf: repeatElement(UInt8(ascii: "="), count: 3 - held))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Returns nil if the text is not base64; padding may be missing.
    package static func decode(_ text: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        var (bits, count) = (UInt32(0), 0)
        let letters = text.utf8.prefix { $0 != UInt8(ascii: "=") }
        let padding = text.utf8[letters.endIndex...]
        guard padding.count <= 2, padding.allSatisfy({ $0 == UInt8(ascii: "=") }) else { return nil }
        for letter in letters {
            guard let value = value(of: letter) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        return bytes
    }

    private static func value(of letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): letter - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): letter - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }

    /// The bytes per second that the header of a WAV file states in its bytes 28 to 31; nil if there is no header.
    static func wavRate(_ text: String) -> Int? {
        let digits = text.utf8.dropFirst(36).prefix(8).map { byte in
            (0..<64).first { alphabet.utf8Start[$0] == byte } ?? 0
        }
        guard text.hasPrefix("UklGR"), digits.count == 8 else { return nil }
        // Characters 36 to 43 are bytes 27 to 32.
        let bits = digits.reduce(UInt64(0)) { $0 << 6 | UInt64($1) }
        let rate = (0..<4).reduce(0) { $0 | Int(bits >> (32 - 8 * UInt64($1)) & 255) << (8 * $1) }
        return rate > 0 ? rate : nil
    }

    private static func append(_ group: UInt32, characters: Int, to text: inout [UInt8]) {
        for index in 0..<characters {
            text.append(alphabet.utf8Start[Int(group >> (18 - 6 * UInt32(index)) & 63)])
        }
    }

    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
}
