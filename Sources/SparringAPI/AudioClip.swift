/// Sound for an answer that nobody speaks: a quiet tone where samples go out as they are, silence where a codec would have to
/// be run. The same bytes for the same length; a decoder takes all of them. 24 kHz, one channel.
struct AudioClip: Sendable {
    /// Tenths of a second. Speech has about two tokens of text in five of them; the length only has to be of that order.
    let tenths: Int

    static let sampleRate = 24_000
    /// Samples of a tenth of a second.
    static let block = 2_400

    /// - Parameter format: one of the API's names, all of which are known here.
    func bytes(_ format: String) -> [UInt8] {
        switch format {
        case "wav": wav
        case "flac": flac
        case "mp3": AudioPackets.mp3(milliseconds: tenths * 100)
        case "aac": AudioPackets.aac(milliseconds: tenths * 100)
        case "opus": AudioPackets.opus(milliseconds: tenths * 100)
        default: pcm
        }
    }

    /// 16 bits a sample, little-endian, without a header.
    var pcm: [UInt8] { (0..<tenths * Self.block).flatMap { Self.littleEndian(UInt16(bitPattern: Self.sample($0)), 2) } }

    /// A triangle wave of 400 Hz, at a tenth of full scale.
    private static func sample(_ index: Int) -> Int16 {
        let phase = index % 60
        let height = phase < 15 ? phase : phase < 45 ? 30 - phase : phase - 60
        return Int16(height * 200)
    }

    /// RIFF WAVE, with the 44 bytes of header that a plain file has.
    private var wav: [UInt8] {
        let data = pcm
        var bytes = Array("RIFF".utf8) + Self.littleEndian(data.count + 36, 4) + Array("WAVEfmt ".utf8)
        bytes += Self.littleEndian(16, 4) + Self.littleEndian(1, 2) + Self.littleEndian(1, 2)
        bytes += Self.littleEndian(Self.sampleRate, 4) + Self.littleEndian(Self.sampleRate * 2, 4)
        bytes += Self.littleEndian(2, 2) + Self.littleEndian(16, 2) + Array("data".utf8)
        return bytes + Self.littleEndian(data.count, 4) + data
    }

    // MARK: FLAC (RFC 9639), one frame of verbatim samples each tenth of a second

    private var flac: [UInt8] {
        var bytes = Array("fLaC".utf8) + [0x80] + Self.bigEndian(34, 3)
        bytes += Self.bigEndian(Self.block, 2) + Self.bigEndian(Self.block, 2) + Self.bigEndian(0, 6)
        // Rate in 20 bits, channels - 1 in 3, bits - 1 in 5, samples in 36; no checksum of the sound.
        let samples = UInt64(tenths * Self.block)
        bytes += Self.bigEndian(UInt64(Self.sampleRate) << 44 | 15 << 36 | samples, 8) + Self.bigEndian(0, 16)
        let period = (0..<Self.block).flatMap { Self.bigEndian(UInt16(bitPattern: Self.sample($0)), 2) }
        for number in 0..<tenths {
            var frame: [UInt8] = [0xFF, 0xF8, 0x77, 0x08] + Array(String(Self.scalar(number)).utf8)
            frame += Self.bigEndian(Self.block - 1, 2)
            frame.append(UInt8(truncatingIfNeeded: Self.remainder(frame, polynomial: 0x07, bits: 8)))
            frame += [0x02] + period
            frame += Self.bigEndian(Self.remainder(frame, polynomial: 0x8005, bits: 16), 2)
            bytes += frame
        }
        return bytes
    }

    /// Frames are numbered in the coding that UTF-8 uses for scalars; the surrogates' gap lies beyond any clip.
    private static func scalar(_ number: Int) -> Unicode.Scalar { Unicode.Scalar(UInt32(number)) ?? "\0" }

    /// The check value of a polynomial without reflection, from 0.
    static func remainder(_ bytes: [UInt8], polynomial: UInt32, bits: UInt32) -> UInt32 {
        let top: UInt32 = 1 << (bits - 1)
        return bytes.reduce(0) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte) << (bits - 8)) { value, _ in
                value & top == 0 ? value << 1 : value << 1 ^ polynomial
            } & (bits == 32 ? .max : top << 1 - 1)
        }
    }

    static func littleEndian(_ value: some BinaryInteger, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static func bigEndian(_ value: some BinaryInteger, _ count: Int) -> [UInt8] {
        littleEndian(value, count).reversed()
    }
}
