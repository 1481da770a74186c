import SparringCassette
import Testing

@Suite("Fingerprints of recordings")
struct FingerprintKeyTests {
    /// From the reference implementation's table `vectors_sip128`: key 00…0f, messages 00 01 02 … of each length. Bytes in
    /// little-endian order, low word first.
    @Test(
        "A fingerprint is SipHash-2-4-128 as in the reference implementation",
        arguments: [
            (0, "a3817f04ba25a8e66df67214c7550293"), (1, "da87c1d86b99af44347659119b22fc45"),
            (8, "3b62a9ba6258f5610f83e264f31497b4"), (15, "5493e99933b0a8117e08ec0f97cfc3d9"),
        ])
    func reference(length: Int, expected: String) {
        let key = FingerprintKey(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908)
        let fingerprint = key.fingerprint((0..<length).map { UInt8($0) })
        let bytes = [fingerprint.high, fingerprint.low].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64($0 * 8)) }
        }
        #expect(bytes.map { String($0 / 16, radix: 16) + String($0 % 16, radix: 16) }.joined() == expected)
    }

    @Test("A fingerprint is written as text and read back")
    func text() {
        let fingerprint = CassetteFingerprint(high: 0x1f, low: .max)
        #expect(fingerprint.hex == "000000000000001fffffffffffffffff")
        #expect(CassetteFingerprint(hex: fingerprint.hex) == fingerprint)
        #expect(CassetteFingerprint(hex: "1f") == nil)
    }
}
