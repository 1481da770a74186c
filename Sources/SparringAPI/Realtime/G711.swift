/// The two codes of ITU-T G.711 for a 16-bit sample.
enum G711 {
    private static let bias = 0x84
    private static let clip = 32_635

    static func muLaw(_ sample: Int16) -> UInt8 {
        let sign = sample < 0 ? 0x80 : 0
        let magnitude = min(clip, abs(Int(sample))) + bias
        let exponent = segment(magnitude >> 7)
        return ~UInt8(sign | exponent << 4 | (magnitude >> (exponent + 3)) & 0x0F)
    }

    static func sample(muLaw code: UInt8) -> Int16 {
        let code = Int(~code)
        let exponent = code >> 4 & 7
        let magnitude = ((code & 0x0F) << 3 + bias) << exponent - bias
        return Int16(code & 0x80 == 0 ? magnitude : -magnitude)
    }

    static func aLaw(_ sample: Int16) -> UInt8 {
        let sign = sample < 0 ? 0 : 0x80
        // The negative half begins at -1, as in the standard's tables.
        let magnitude = min(clip, sample < 0 ? -(Int(sample) + 1) : Int(sample)) >> 3
        let exponent = segment(magnitude >> 4)
        let mantissa = exponent == 0 ? magnitude >> 1 : magnitude >> exponent
        return UInt8(sign | exponent << 4 | mantissa & 0x0F) ^ 0x55
    }

    static func sample(aLaw code: UInt8) -> Int16 {
        let code = Int(code ^ 0x55)
        let exponent = code >> 4 & 7
        let mantissa = (code & 0x0F) << 4
        let magnitude = exponent == 0 ? mantissa + 8 : (mantissa + 0x108) << (exponent - 1)
        return Int16(code & 0x80 != 0 ? magnitude : -magnitude)
    }

    /// The number of the segment: the place of the highest bit, from 0 to 7.
    private static func segment(_ value: Int) -> Int {
        value <= 1 ? 0 : min(7, Int.bitWidth - 1 - value.leadingZeroBitCount)
    }
}
