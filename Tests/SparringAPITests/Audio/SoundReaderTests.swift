import SparringJSON
import Testing

@testable import SparringAPI

@Suite("Uploaded sound")
struct SoundReaderTests {
    static func sound(_ bytes: [UInt8], filename: String? = "a.wav") -> Sound {
        var reader = SoundReader()
        reader.feed(bytes)
        return reader.sound(filename: filename)
    }

    @Test(
        "The reader finds the format and length of an uploaded sound",
        arguments: [
            ("wav", Sound.Format.wav, 2000), ("flac", .flac, 2000), ("mp3", .mp3, 2016), ("opus", .ogg, 2000),
        ])
    func measured(format: String, kind: Sound.Format, milliseconds: Int) {
        let sound = Self.sound(AudioClip(tenths: 20).bytes(format))
        #expect(sound.format == kind)
        #expect(sound.isMeasured)
        #expect(sound.milliseconds == milliseconds)
    }

    @Test(
        "A WAV file of unknown size has the length of its bytes",
        arguments: [[0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF]] as [[UInt8]])
    func streamedWAV(size: [UInt8]) {
        var bytes = AudioClip(tenths: 5).bytes("wav")
        bytes.replaceSubrange(40..<44, with: size)
        #expect(Self.sound(bytes).milliseconds == 500)
    }

    @Test("The length of an MP4 or WebM file is read from its header")
    func containers() {
        let mp4: [UInt8] =
            [0, 0, 0, 8] + Array("ftypM4A ".utf8) + Array("mvhd".utf8) + [UInt8](repeating: 0, count: 12)
            + [0, 0, 3, 0xE8] + [0, 0, 9, 0xC4]
        #expect(Self.sound(mp4) == Self.sound(mp4))
        #expect(Self.sound(mp4).format == .mp4 && Self.sound(mp4).milliseconds == 2500)
        let bits = Double(1234).bitPattern
        let webm: [UInt8] =
            [0x1A, 0x45, 0xDF, 0xA3, 0x44, 0x89, 0x88] + AudioClip.bigEndian(bits, 8) + [UInt8](repeating: 0, count: 99)
        #expect(Self.sound(webm).format == .webm && Self.sound(webm).milliseconds == 1234)
    }

    @Test("The length of an MP3 file with a Xing header is computed from its frame count")
    func variableRate() {
        var bytes = AudioClip(tenths: 10).bytes("mp3")
        bytes.replaceSubrange(8..<20, with: Array("Xing".utf8) + [0, 0, 0, 1] + [0, 0, 0, 100])
        #expect(Self.sound(bytes).milliseconds == 100 * 576 * 1000 / 24_000)
    }

    @Test("The length of a sound in an unknown format is estimated from its size")
    func estimated() {
        let noise = [UInt8](repeating: 0x55, count: 8000)
        #expect(Self.sound(noise).format == nil)
        #expect(Self.sound(noise).milliseconds == 2000 && !Self.sound(noise).isMeasured)
    }

    @Test("A sound is read the same in pieces as whole, and different bytes have a different hash")
    func pieces() {
        let bytes = AudioClip(tenths: 80).bytes("opus") + AudioClip(tenths: 30).bytes("wav")
        var reader = SoundReader()
        for start in stride(from: 0, to: bytes.count, by: 977) {
            reader.feed(bytes[start..<min(bytes.count, start + 977)])
        }
        #expect(reader.sound(filename: "a.wav") == Self.sound(bytes))
        #expect(Self.sound(bytes).hash != Self.sound(bytes + [0]).hash)
    }

    @Test("A sound survives its conversion to JSON and back")
    func json() {
        let sound = Self.sound(AudioClip(tenths: 7).bytes("wav"))
        #expect(Sound(sound.json) == sound)
        #expect(Sound("text") == nil)
    }

    @Test("A sound that is cut at any byte is read without a crash", arguments: ["wav", "flac", "mp3", "opus", "aac"])
    func cut(format: String) {
        let bytes = AudioClip(tenths: 2).bytes(format)
        for count in 0..<min(bytes.count, 400) {
            #expect(Self.sound(Array(bytes.prefix(count))).milliseconds >= 0)
        }
    }
}
