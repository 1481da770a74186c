/// The cyclic redundancy check (CRC) of audio containers, computed with a table: the bits are not reflected, and the initial value is 0.
struct CyclicCheck: Sendable {
    /// For the headers of FLAC frames (RFC 9639 §9).
    static let flacHead = CyclicCheck(polynomial: 0x07, bits: 8)
    static let flacFrame = CyclicCheck(polynomial: 0x8005, bits: 16)
    /// The check for the pages of Ogg (RFC 3533 §6).
    static let ogg = CyclicCheck(polynomial: 0x04C1_1DB7, bits: 32)

    private let table: [UInt32]
    private let bits: UInt32
    private let mask: UInt32

    init(polynomial: UInt32, bits: UInt32) {
        self.bits = bits
        let top: UInt32 = 1 << (bits - 1)
        let mask = bits == 32 ? UInt32.max : top << 1 - 1
        self.mask = mask
        table = (0..<256).map { byte in
            (0..<8).reduce(UInt32(byte) << (bits - 8)) { value, _ in
                value & top == 0 ? value << 1 : value << 1 ^ polynomial
            } & mask
        }
    }

    func value(of bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0
        for byte in bytes {
            let index = Int((sum >> (bits - 8) ^ UInt32(byte)) & 0xFF)
            sum = (bits > 8 ? sum << 8 & mask : 0) ^ table[index]
        }
        return sum
    }
}
