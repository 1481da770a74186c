/// Reads the format and the length of an audio file from its headers.
///
/// Source: RFC 9639 (FLAC), RFC 3533 and 7845 (Ogg, Opus), the Vorbis I specification, ISO/IEC 11172-3 and 13818-3
/// (MP3), ISO/IEC 14496-12 (MP4), the Matroska specification (WebM), Microsoft's RIFF for WAV.
enum SoundLength {
    static func format(of head: [UInt8]) -> Sound.Format? {
        func begins(_ text: String, at place: Int = 0) -> Bool { head.dropFirst(place).starts(with: text.utf8) }
        if begins("RIFF"), begins("WAVE", at: 8) { return .wav }
        if begins("fLaC") { return .flac }
        if begins("OggS") { return .ogg }
        if begins("ftyp", at: 4) { return .mp4 }
        if head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) { return .webm }
        return begins("ID3") || MP3Frame(head[...]) != nil ? .mp3 : nil
    }

    /// Returns nil if the searched bytes do not state the length of the file.
    static func milliseconds(_ format: Sound.Format, head: [UInt8], tail: [UInt8], count: Int) -> Int? {
        switch format {
        case .wav: wav(head, count)
        case .flac: flac(head)
        case .ogg: ogg(head, tail)
        case .mp3: mp3(head, count)
        case .mp4: mp4(head) ?? mp4(tail)
        case .webm: webm(head)
        }
    }

    private static func wav(_ head: [UInt8], _ count: Int) -> Int? {
        var place = 12
        var rate = 0
        while place + 8 <= head.count {
            let size = little(head, place + 4, 4) ?? 0
            if head[place...].starts(with: "fmt ".utf8) { rate = little(head, place + 16, 4) ?? 0 }
            if head[place...].starts(with: "data".utf8) {
                guard rate > 0 else { return nil }
                // A program that writes audio while recording does not know the size yet, and writes 0 or the maximum.
                let rest = count - place - 8
                return (size == 0 ? rest : min(size, rest)) * 1000 / rate
            }
            place += 8 + size + size % 2
        }
        return nil
    }

    private static func flac(_ head: [UInt8]) -> Int? {
        guard let bits = big(head, 18, 8) else { return nil }
        let (rate, samples) = (bits >> 44, bits & 0xF_FFFF_FFFF)
        return rate > 0 && samples > 0 ? Int(samples * 1000 / rate) : nil
    }

    /// The last page of an Ogg file states the number of samples.
    private static func ogg(_ head: [UInt8], _ tail: [UInt8]) -> Int? {
        guard let page = last("OggS", in: tail), let samples = little(tail, page + 6, 8), samples >= 0 else {
            return nil
        }
        if let opus = first("OpusHead", in: head), let skip = little(head, opus + 10, 2) {
            return max(0, samples - skip) / 48
        }
        guard let vorbis = first("\u{1}vorbis", in: head), let rate = little(head, vorbis + 12, 4), rate > 0 else {
            return nil
        }
        return samples.multipliedReportingOverflow(by: 1000).partialValue / rate
    }

    private static func mp3(_ head: [UInt8], _ count: Int) -> Int? {
        var start = 0
        if head.starts(with: "ID3".utf8), head.count > 10 {
            start = 10 + head[6..<10].reduce(0) { $0 << 7 | Int($1 & 0x7F) }
        }
        guard start < head.count, let frame = MP3Frame(head[start...]) else { return nil }
        if let info = first("Xing", in: head) ?? first("Info", in: head), let flags = big(head, info + 4, 4),
            flags & 1 == 1, let frames = big(head, info + 8, 4)
        {
            return Int(frames) * frame.samples * 1000 / frame.sampleRate
        }
        // This assumes that all frames have the bit rate of the first frame.
        return (count - start) * 8 / frame.kilobits
    }

    private static func mp4(_ bytes: [UInt8]) -> Int? {
        guard let box = first("mvhd", in: bytes), let version = bytes[safe: box + 4] else { return nil }
        let isLong = version == 1
        guard let scale = big(bytes, box + (isLong ? 24 : 16), 4), scale > 0,
            let duration = big(bytes, box + (isLong ? 28 : 20), isLong ? 8 : 4), duration > 0, duration < 1 << 40
        else { return nil }
        return Int(duration * 1000 / scale)
    }

    /// Browsers omit the element with the duration when they record. The duration is in milliseconds unless the file sets another unit,
    /// which no recorder does.
    private static func webm(_ head: [UInt8]) -> Int? {
        guard let element = first([0x44, 0x89, 0x88], in: head), let bits = big(head, element + 3, 8) else {
            return nil
        }
        let value = Double(bitPattern: bits)
        return value > 0 && value < 1e10 ? Int(value) : nil
    }

    // MARK: Bytes

    private static func first(_ text: String, in bytes: [UInt8]) -> Int? { first(Array(text.utf8), in: bytes) }

    private static func first(_ mark: [UInt8], in bytes: [UInt8]) -> Int? {
        bytes.indices.first { bytes[$0] == mark[0] && bytes[$0...].starts(with: mark) }
    }

    private static func last(_ text: String, in bytes: [UInt8]) -> Int? {
        bytes.indices.last { bytes[$0...].starts(with: text.utf8) }
    }

    private static func big(_ bytes: [UInt8], _ place: Int, _ count: Int) -> UInt64? {
        guard place + count <= bytes.count else { return nil }
        return bytes[place..<(place + count)].reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func little(_ bytes: [UInt8], _ place: Int, _ count: Int) -> Int? {
        guard place + count <= bytes.count else { return nil }
        return Int(
            truncatingIfNeeded: bytes[place..<(place + count)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}

/// The header of a frame of MPEG audio, layer III.
struct MP3Frame: Sendable, Hashable {
    let kilobits: Int
    let sampleRate: Int
    let samples: Int

    /// Returns nil if the bytes are not the header of a frame.
    init?(_ bytes: ArraySlice<UInt8>) {
        let head = Array(bytes.prefix(4))
        guard head.count == 4, head[0] == 0xFF, head[1] & 0xE6 == 0xE2 else { return nil }
        let isFirst = head[1] >> 3 & 3 == 3
        let (rate, frequency) = (Int(head[2] >> 4), Int(head[2] >> 2 & 3))
        guard rate > 0, rate < 15, frequency < 3, head[1] >> 3 & 3 != 1 else { return nil }
        kilobits = (isFirst ? Self.rates1 : Self.rates2)[rate]
        let base = [44_100, 48_000, 32_000][frequency]
        sampleRate = isFirst ? base : head[1] >> 3 & 3 == 2 ? base / 2 : base / 4
        samples = isFirst ? 1152 : 576
    }

    private static let rates1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
    private static let rates2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
}

extension [UInt8] {
    fileprivate subscript(safe index: Int) -> UInt8? { indices.contains(index) ? self[index] : nil }
}
