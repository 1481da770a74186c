/// Compressed data that cannot be decoded: it is damaged, or uses an unsupported feature.
struct DamagedData: Error {}

/// Reads bits from the start: the lowest bit of each byte comes first.
struct ForwardBits {
    private let bytes: ArraySlice<UInt8>
    private var held: UInt64 = 0
    private var heldCount = 0
    /// The index of the next byte that will be loaded into `held`.
    private var next: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        next = bytes.startIndex
    }

    /// The first byte whose bits have not been read.
    var position: Int { next - heldCount / 8 }

    /// Returns the next bits without consuming them; bits after the end are zero.
    /// - Parameter count: up to 32.
    mutating func peek(_ count: Int) -> Int {
        fill(count)
        return Int(held & (1 << UInt64(count) - 1))
    }

    mutating func skip(_ count: Int) throws(DamagedData) {
        fill(count)
        guard count <= heldCount else { throw DamagedData() }
        held >>= UInt64(count)
        heldCount -= count
    }

    mutating func read(_ count: Int) throws(DamagedData) -> Int {
        let value = peek(count)
        try skip(count)
        return value
    }

    /// Skips to the next whole byte.
    /// - Returns: the skipped bits.
    mutating func align() throws(DamagedData) -> Int { try read(heldCount % 8) }

    /// Reads whole bytes. This must be called only after `align`.
    mutating func take(_ count: Int) throws(DamagedData) -> ArraySlice<UInt8> {
        let start = position
        guard count >= 0, count <= bytes.endIndex - start else { throw DamagedData() }
        (held, heldCount, next) = (0, 0, start + count)
        return bytes[start..<next]
    }

    private mutating func fill(_ count: Int) {
        while heldCount < count, next < bytes.endIndex {
            held |= UInt64(bytes[next]) << UInt64(heldCount)
            heldCount += 8
            next += 1
        }
    }
}

/// Reads bits from the end to the start. The first bit is the bit below the highest set bit of the last byte (RFC 8878 §4.1).
struct BackwardBits {
    private let bytes: ArraySlice<UInt8>
    /// The number of unread bits; negative after a read beyond the start.
    private(set) var left: Int

    init(_ bytes: ArraySlice<UInt8>) throws(DamagedData) {
        guard let last = bytes.last, last != 0 else { throw DamagedData() }
        self.bytes = bytes
        left = bytes.count * 8 - 1 - last.leadingZeroBitCount
    }

    /// Reads bits; bits before the start are zero.
    mutating func read(_ count: Int) -> Int {
        left -= count
        var value = 0
        var bit = max(0, -left)
        while bit < count {
            let place = left + bit
            let taken = min(8 - place % 8, count - bit)
            let byte = Int(bytes[bytes.startIndex + place / 8]) >> (place % 8)
            value |= (byte & (1 << taken - 1)) << bit
            bit += taken
        }
        return value
    }
}
