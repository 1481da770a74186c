/// Makes a placeholder audio clip with one channel at 24 kHz: a quiet tone in formats with plain samples, silence in formats that need a
/// codec. Clips of equal length have equal bytes, and any decoder accepts the bytes.
struct AudioClip: Sendable {
    /// The length in tenths of a second. Speech has about two text tokens in half a second; the length only has to be
    /// of the right order of magnitude.
    let tenths: Int

    static let sampleRate = 24_000
    /// The number of samples in a tenth of a second.
    static let block = 2_400

    /// - Parameter format: one of the API's format names.
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

    /// 16-bit samples, little-endian, without a header.
    var pcm: [UInt8] { Array(repeatElement(Self.period, count: tenths).joined()) }

    /// The samples of a tenth of a second, which is a whole number of waves.
    private static let period = (0..<block).flatMap { littleEndian(UInt16(bitPattern: sample($0)), 2) }

    /// True if the clip is a tone, false if it is silence.
    static func isAudible(_ format: String) -> Bool { !["mp3", "aac", "opus"].contains(format) }

    /// A triangle wave of 400 Hz, at a tenth of full scale.
    private static func sample(_ index: Int) -> Int16 {
        let phase = index % 60
        let height = phase < 15 ? phase : phase < 45 ? 30 - phase : phase - 60
        return Int16(height * 200)
    }

    /// A RIFF WAVE file with the minimal header of 44 bytes.
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
        // FLAC packs the sample rate into 20 bits, the number of channels minus 1 into 3, the bits per sample minus 1 into 5, and the
        // number of samples into 36. The checksum of the audio is left out.
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

    /// The frame number as a Unicode scalar, because FLAC codes frame numbers in UTF-8. No clip has so many frames that the number is a
    /// surrogate.
    private static func scalar(_ number: Int) -> Unicode.Scalar { Unicode.Scalar(UInt32(number)) ?? "\0" }

    static func littleEndian(_ value: some BinaryInteger, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static func bigEndian(_ value: some BinaryInteger, _ count: Int) -> [UInt8] {
        littleEndian(value, count).reversed()
    }
}
