/// The key of a cassette's fingerprints, and the hash function that uses it: SipHash-2-4 with 128 bits
/// (https://www.aumasson.jp/siphash/siphash.pdf).
///
/// Requests are fingerprinted before masking, so that they match no matter what was masked. Without the key, a fingerprint reveals
/// nothing about its request.
package struct FingerprintKey: Sendable, Hashable {
    package let first: UInt64
    package let second: UInt64

    package init(_ first: UInt64, _ second: UInt64) {
        self.first = first
        self.second = second
    }

    package static func random() -> FingerprintKey {
        var generator = SystemRandomNumberGenerator()
        return FingerprintKey(generator.next(), generator.next())
    }

    /// Reads 32 hexadecimal digits, as in cassettes.
    package init?(hex: some StringProtocol) {
        guard let words = CassetteFingerprint(hex: hex) else { return nil }
        self.init(words.high, words.low)
    }

    package var hex: String { CassetteFingerprint(high: first, low: second).hex }

    package func fingerprint(_ bytes: some Sequence<UInt8>) -> CassetteFingerprint {
        var state = SipState(first, second)
        var (word, count) = (UInt64(0), 0)
        for byte in bytes {
            word |= UInt64(byte) << UInt64(8 * (count & 7))
            count += 1
            if count & 7 == 0 {
                state.absorb(word)
                word = 0
            }
        }
        state.absorb(word | UInt64(count & 0xFF) << 56)
        return state.finish()
    }
}

/// A 128-bit hash of a request.
package struct CassetteFingerprint: Sendable, Hashable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads 32 hexadecimal digits.
    package init?(hex: some StringProtocol) {
        guard hex.utf8.count == 32, let high = UInt64(hex.prefix(16), radix: 16),
            let low = UInt64(hex.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }

    package var hex: String { Self.digits(high) + Self.digits(low) }

    private static func digits(_ word: UInt64) -> String {
        let text = String(word, radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }
}

/// The state of SipHash: four words.
private struct SipState {
    private var a: UInt64
    private var b: UInt64
    private var c: UInt64
    private var d: UInt64

    init(_ first: UInt64, _ second: UInt64) {
        a = first ^ 0x736f_6d65_7073_6575
        b = second ^ 0x646f_7261_6e64_6f6d ^ 0xEE
        c = first ^ 0x6c79_6765_6e65_7261
        d = second ^ 0x7465_6462_7974_6573
    }

    mutating func absorb(_ word: UInt64) {
        d ^= word
        round()
        round()
        a ^= word
    }

    mutating func finish() -> CassetteFingerprint {
        c ^= 0xEE
        for _ in 1...4 { round() }
        let high = a ^ b ^ c ^ d
        b ^= 0xDD
        for _ in 1...4 { round() }
        return CassetteFingerprint(high: high, low: a ^ b ^ c ^ d)
    }

    private mutating func round() {
        a &+= b
        b = Self.rotated(b, 13) ^ a
        a = Self.rotated(a, 32)
        c &+= d
        d = Self.rotated(d, 16) ^ c
        a &+= d
        d = Self.rotated(d, 21) ^ a
        c &+= b
        b = Self.rotated(b, 17) ^ c
        c = Self.rotated(c, 32)
    }

    private static func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 { word << bits | word >> (64 - bits) }
}
