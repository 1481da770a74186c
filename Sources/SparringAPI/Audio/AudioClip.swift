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
    var pcm: [UInt8] { Array(repeatElement(Self.period, count: tenths).joined()) }

    /// A tenth of a second, which is a whole number of waves.
    private static let period = (0..<block).flatMap { littleEndian(UInt16(bitPattern: sample($0)), 2) }

    /// Whether there is a tone; silence where a codec would have to be run.
    static func isAudible(_ format: String) -> Bool { !["mp3", "aac", "opus"].contains(format) }

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
            frame.append(UInt8(truncatingIfNeeded: CyclicCheck.flacHead.value(of: frame)))
            frame += [0x02] + period
            frame += Self.bigEndian(CyclicCheck.flacFrame.value(of: frame), 2)
            bytes += frame
        }
        return bytes
    }

    /// Frames are numbered in the coding that UTF-8 uses for scalars; the surrogates' gap lies beyond any clip.
    private static func scalar(_ number: Int) -> Unicode.Scalar { Unicode.Scalar(UInt32(number)) ?? "\0" }

    static func littleEndian(_ value: some BinaryInteger, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static func bigEndian(_ value: some BinaryInteger, _ count: Int) -> [UInt8] {
        littleEndian(value, count).reversed()
    }
}
