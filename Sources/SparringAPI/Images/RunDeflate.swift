/// Compresses runs of equal bytes into a zlib stream (RFC 1950): one block with the fixed codes (RFC 1951 §3.2.6), in which a match only
/// ever repeats the byte before it.
///
/// A drawing consists almost only of runs, so this makes an image of a megapixel a few kilobytes long.
struct RunDeflate {
    private var output: [UInt8] = [0x78, 0x01]
    /// Bits that do not fill a byte yet, the first at the lowest place.
    private var bits: UInt64 = 0
    private var bitCount = 0
    /// The two sums of Adler-32 (RFC 1950 §8.2).
    private var low = 1
    private var high = 0

    private static let modulus = 65_521

    init() { put(0b011, 3) }

    mutating func add(_ bytes: some Sequence<UInt8>) {
        var last: UInt8?
        var count = 0
        for byte in bytes {
            if byte != last, let previous = last {
                add(previous, count: count)
                count = 0
            }
            last = byte
            count += 1
        }
        if let last { add(last, count: count) }
    }

    /// Adds one byte `count` times.
    mutating func add(_ byte: UInt8, count: Int) {
        guard count > 0 else { return }
        sum(Int(byte), count)
        literal(byte)
        var left = count - 1
        while left >= 3 {
            let length = min(left, 258)
            match(length)
            left -= length
        }
        // A match has at least three bytes.
        for _ in 0..<left { literal(byte) }
    }

    /// The complete stream.
    mutating func finish() -> [UInt8] {
        code(0, 7)
        if bitCount > 0 { put(0, 8 - bitCount) }
        let sum = UInt32(high) << 16 | UInt32(low)
        for shift in [24, 16, 8, 0] { output.append(UInt8(truncatingIfNeeded: sum >> UInt32(shift))) }
        return output
    }

    /// Adds a run to both sums in one step: the second sum grows by the first sum after each byte.
    private mutating func sum(_ byte: Int, _ count: Int) {
        var left = count
        while left > 0 {
            let part = min(left, 1 << 20)
            high = (high + part * low + byte * (part * (part + 1) / 2)) % Self.modulus
            low = (low + part * byte) % Self.modulus
            left -= part
        }
    }

    private mutating func literal(_ byte: UInt8) {
        if byte < 144 { code(0x30 + UInt64(byte), 8) } else { code(0x190 + UInt64(byte - 144), 9) }
    }

    /// Repeats the last byte 3 to 258 times.
    private mutating func match(_ length: Int) {
        if length == 258 {
            code(0xC0 + 5, 8)
        } else {
            // Lengths 3 to 10 have codes of their own; from 11 on, four codes share a number of extra bits.
            var (symbol, extra, rest) = (254 + length, 0, 0)
            if length > 10 {
                let offset = length - 3
                extra = Int.bitWidth - 1 - offset.leadingZeroBitCount - 2
                symbol = 257 + 4 * extra + (offset >> extra)
                rest = offset & ((1 << extra) - 1)
            }
            if symbol < 280 { code(UInt64(symbol - 256), 7) } else { code(0xC0 + UInt64(symbol - 280), 8) }
            put(UInt64(rest), extra)
        }
        // The distance 1 has the code 0, in five bits.
        put(0, 5)
    }

    /// Writes a Huffman code with its highest bit first.
    private mutating func code(_ value: UInt64, _ count: Int) {
        var reversed: UInt64 = 0
        for place in 0..<count { reversed |= (value >> UInt64(place) & 1) << UInt64(count - 1 - place) }
        put(reversed, count)
    }

    private mutating func put(_ value: UInt64, _ count: Int) {
        bits |= value << UInt64(bitCount)
        bitCount += count
        while bitCount >= 8 {
            output.append(UInt8(truncatingIfNeeded: bits))
            bits >>= 8
            bitCount -= 8
        }
    }
}
