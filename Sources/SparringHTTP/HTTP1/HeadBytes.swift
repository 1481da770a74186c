/// The classes of bytes in the head of a request (RFC 9110 §5).
enum HeadBytes {
    /// Whether the byte may be part of a token: a method or a name.
    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        // ! # $ % & ' * + - .
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E: true
        // Digits, letters, ^ _ ` | ~
        case 0x30...0x39, 0x41...0x5A, 0x5E...0x7A, 0x7C, 0x7E: true
        default: false
        }
    }

    /// Whether the byte may be part of a field's value.
    static func isFieldText(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

    /// Compares eight bytes at a time.
    static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var bits: UInt64 = 0
        var index = 0
        while index + 8 <= bytes.count {
            bits |= bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            index += 8
        }
        while index < bytes.count {
            bits |= UInt64(bytes[index])
            index += 1
        }
        return bits & 0x8080_8080_8080_8080 == 0
    }

    /// Whether the bytes are the word in any case of its letters.
    /// - Parameter word: lowercase ASCII.
    static func same(_ bytes: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
        guard bytes.count == word.utf8CodeUnitCount else { return false }
        let letters = word.utf8Start
        return bytes.indices.allSatisfy { index in
            let byte = bytes[index]
            return (byte &- 0x41 < 26 ? byte | 0x20 : byte) == letters[index]
        }
    }

    /// The members of a comma-separated list, without blanks around them (RFC 9110 §5.6.1), each passed to `take`.
    static func members(of value: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) -> Void) {
        var start = 0
        while start <= value.count {
            let end = value[start...].firstIndex(of: 0x2C) ?? value.count
            take(UnsafeRawBufferPointer(rebasing: value[trimmed(value, start..<end)]))
            start = end + 1
        }
    }

    /// The range without blanks at its ends.
    static func trimmed(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, isBlank(bytes[start]) { start += 1 }
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        return start..<end
    }
}
