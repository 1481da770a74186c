/// Prepares JSON for the YAML parser, which reads all JSON except one thing: characters beyond U+FFFF that are escaped as surrogate pairs
/// (RFC 8259 §7), like those that Python's `json.dumps` writes.
enum JSONText {
    /// Replaces those pairs by their characters if the text is JSON. Line numbers do not change, and nor do the columns before a pair.
    static func readableAsYAML(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let first = bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard first == UInt8(ascii: "{") || first == UInt8(ascii: "["), text.contains("\\u") else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\\") else {
                result.append(bytes[index])
                index += 1
                continue
            }
            if let high = unit(in: bytes, at: index), UTF16.isLeadSurrogate(high),
                let low = unit(in: bytes, at: index + 6), UTF16.isTrailSurrogate(low)
            {
                result += Array(String(decoding: [high, low], as: UTF16.self).utf8)
                index += 12
            } else {
                // Copies the backslash and the byte after it, so that an escaped backslash does not start an escape.
                result += bytes[index..<min(index + 2, bytes.count)]
                index += 2
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The code unit of `\uXXXX`.
    private static func unit(in bytes: [UInt8], at index: Int) -> UInt16? {
        guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u") else {
            return nil
        }
        return UInt16(String(decoding: bytes[(index + 2)..<(index + 6)], as: UTF8.self), radix: 16)
    }
}
