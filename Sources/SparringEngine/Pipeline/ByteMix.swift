/// A hash of bytes by folded products of 64-bit words, which takes far fewer instructions than `Hasher`.
///
/// The hash is equal for equal bytes, in whatever pieces they are added, in every process and on every machine. Therefore servers that
/// share a store count the attempts of a request together. `Hasher` has another seed in each process.
struct ByteMix {
    /// An odd number without a pattern (the golden ratio in 64 bits).
    private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15

    private var hash = factor
    /// The bytes of an incomplete word, the first one lowest.
    private var rest: UInt64 = 0
    /// The number of all bytes.
    private var count = 0

    /// The hash of all bytes so far.
    var value: UInt64 { Self.folded(Self.folded(hash ^ rest) ^ UInt64(truncatingIfNeeded: count)) }

    /// Adds a text and a mark of its end, so that `ab`, `c` differs from `a`, `bc`.
    mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
        // This byte never occurs in UTF-8.
        add(0xFF)
    }

    mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var place = 0
        while count & 7 != 0, place < bytes.count {
            add(bytes[place])
            place += 1
        }
        while place + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            hash = Self.folded(hash ^ UInt64(littleEndian: word))
            place += 8
            count += 8
        }
        while place < bytes.count {
            add(bytes[place])
            place += 1
        }
    }

    private mutating func add(_ byte: UInt8) {
        rest |= UInt64(byte) << UInt64(8 * (count & 7))
        count += 1
        guard count & 7 == 0 else { return }
        hash = Self.folded(hash ^ rest)
        rest = 0
    }

    @inline(__always)
    private static func folded(_ word: UInt64) -> UInt64 {
        let product = word.multipliedFullWidth(by: factor)
        return product.high ^ product.low
    }
}
