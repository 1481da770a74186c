/// Checks UTF-8 byte by byte, so that the first wrong byte of a text is found when it arrives (RFC 3629 §4).
struct UTF8Checker: Sendable, Hashable {
    /// The continuation bytes that the current character still needs.
    private var needed = 0
    /// The allowed range of the next continuation byte, which is narrower after E0, ED, F0 and F4.
    private var (lower, upper): (UInt8, UInt8) = (0x80, 0xBF)

    /// Whether the text may end here.
    var isComplete: Bool { needed == 0 }

    /// - Returns: whether the bytes so far can begin a valid text.
    mutating func accepts(_ byte: UInt8) -> Bool {
        guard needed == 0 else {
            guard byte >= lower, byte <= upper else { return false }
            needed -= 1
            (lower, upper) = (0x80, 0xBF)
            return true
        }
        switch byte {
        case 0x00...0x7F: return true
        case 0xC2...0xDF: needed = 1
        case 0xE0: (needed, lower) = (2, 0xA0)
        case 0xED: (needed, upper) = (2, 0x9F)
        case 0xE1...0xEF: needed = 2
        case 0xF0: (needed, lower) = (3, 0x90)
        case 0xF1...0xF3: needed = 3
        case 0xF4: (needed, upper) = (3, 0x8F)
        default: return false
        }
        return true
    }
}
