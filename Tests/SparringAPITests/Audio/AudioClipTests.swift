import Testing

@testable import SparringAPI

@Suite("Sound")
struct AudioClipTests {
    @Test(
        "begins as its format begins, and is as long as was asked for",
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
        "has the check values of its formats",
        arguments: [(CyclicCheck.flacHead, 0xF4), (.flacFrame, 0xFEE8), (.ogg, 0x89A1_897F)] as [(CyclicCheck, UInt32)])
    func checks(check: CyclicCheck, value: UInt32) {
        #expect(check.value(of: Array("123456789".utf8)) == value)
    }

    @Test(
        "goes out in base64",
        arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")])
    func base64(plain: String, text: String) { #expect(Base64.text(Array(plain.utf8)) == text) }

    @Test("says how fast it runs in the header of a WAV file")
    func rate() {
        let wav = Base64.text(AudioClip(tenths: 1).bytes("wav"))
        #expect(Base64.wavRate(wav) == 48_000)
        #expect(Base64.wavRate("AAAA") == nil)
    }
}
