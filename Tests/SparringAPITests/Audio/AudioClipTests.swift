import Testing

@testable import SparringAPI

@Suite("Generated sound")
struct AudioClipTests {
    @Test(
        "A generated clip starts with the signature of its format and has the expected size",
        arguments: [
            ("wav", [0x52, 0x49, 0x46, 0x46], 9644), ("pcm16", [0, 0, 200, 0], 9600),
            ("flac", [0x66, 0x4C, 0x61, 0x43], 9664), ("mp3", [0xFF, 0xF3, 0x14, 0xC4], 216),
            ("aac", [0xFF, 0xF1, 0x58, 0x40], 65), ("opus", [0x4F, 0x67, 0x67, 0x53], 166),
        ] as [(String, [UInt8], Int)])
    func formats(format: String, start: [UInt8], count: Int) {
        let bytes = AudioClip(tenths: 2).bytes(format)
        #expect(Array(bytes.prefix(4)) == start)
        #expect(bytes.count == count)
    }

    @Test(
        "Each checksum of a sound format has its published check value",
        arguments: [(CyclicCheck.flacHead, 0xF4), (.flacFrame, 0xFEE8), (.ogg, 0x89A1_897F)] as [(CyclicCheck, UInt32)])
    func checks(check: CyclicCheck, value: UInt32) {
        #expect(check.value(of: Array("123456789".utf8)) == value)
    }

    @Test(
        "Base64 encodes bytes with padding",
        arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")])
    func base64(plain: String, text: String) { #expect(Base64.text(Array(plain.utf8)) == text) }

    @Test("The sample rate of a WAV file is read from its header")
    func rate() {
        let wav = Base64.text(AudioClip(tenths: 1).bytes("wav"))
        #expect(Base64.wavRate(wav) == 48_000)
        #expect(Base64.wavRate("AAAA") == nil)
    }
}
