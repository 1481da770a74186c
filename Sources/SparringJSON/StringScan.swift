/// Skips the plain part of a JSON string, eight bytes at a time: most bytes of a request are text without escapes.
enum StringScan {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let high: UInt64 = 0x8080_8080_8080_8080

    /// Moves `position` to the first byte that ends a string, begins an escape or must be escaped. If there is no such byte, stops before
    /// the last seven bytes of the document, which the caller reads.
    ///
    /// - Returns: true if all bytes that were skipped are ASCII.
    @inline(__always)
    static func skip(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> Bool {
        let raw = UnsafeRawBufferPointer(bytes)
        var seen: UInt64 = 0
        while position + 8 <= raw.count {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let found = ends(word)
            guard found == 0 else {
                let plain = found.trailingZeroBitCount & ~7
                position += plain / 8
                seen |= word & ((1 << UInt64(plain)) - 1)
                break
            }
            seen |= word
            position += 8
        }
        return seen & high == 0
    }

    /// The high bit of the lowest byte that is a quotation mark, a backslash or less than 0x20. Bits above this bit mean nothing, because
    /// the subtraction borrows from the bytes above a match.
    @inline(__always)
    private static func ends(_ word: UInt64) -> UInt64 {
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        let quotes = (quote &- ones) & ~quote
        let backslashes = (backslash &- ones) & ~backslash
        let controls = (word &- ones &* 0x20) & ~word
        return (quotes | backslashes | controls) & high
    }
}
