/// Silence in formats that need a codec: one silent packet, repeated.
enum AudioPackets {
    /// MPEG-2 Layer III at 8 kbit/s: frames of 24 ms whose side information is all zero (ISO/IEC 13818-3).
    static func mp3(milliseconds: Int) -> [UInt8] {
        repeated([0xFF, 0xF3, 0x14, 0xC4] + [UInt8](repeating: 0, count: 20), every: 24, milliseconds)
    }

    /// AAC-LC in ADTS: frames of 1024 samples, 42 ms, with one empty channel element (ISO/IEC 14496-3).
    static func aac(milliseconds: Int) -> [UInt8] {
        let silence: [UInt8] = [0x00, 0xC8, 0x00, 0x80, 0x23, 0x80]
        let length = silence.count + 7
        let header: [UInt8] = [
            0xFF, 0xF1, 0x58, 0x40, UInt8(length >> 3), UInt8(length & 7) << 5 | 0x1F, 0xFC,
        ]
        return repeated(header + silence, every: 42, milliseconds)
    }

    /// Opus in Ogg (RFC 7845): packets of 20 ms, fifty in each page.
    static func opus(milliseconds: Int) -> [UInt8] {
        let preSkip = 312
        let head =
            Array("OpusHead".utf8) + [1, 1] + AudioClip.littleEndian(preSkip, 2)
            + AudioClip.littleEndian(AudioClip.sampleRate, 4) + [0, 0, 0]
        let vendor = Array("Sparring".utf8)
        let tags =
            Array("OpusTags".utf8) + AudioClip.littleEndian(vendor.count, 4) + vendor + AudioClip.littleEndian(0, 4)
        var pages = page([head], number: 0, position: 0, flags: 2) + page([tags], number: 1, position: 0)
        let packets = max(1, (milliseconds + 19) / 20)
        for (index, first) in stride(from: 0, to: packets, by: 50).enumerated() {
            let count = min(50, packets - first)
            // The position of a page counts samples at 48 kHz, whatever the sample rate of the source is.
            pages += page(
                Array(repeating: [0xF8, 0xFF, 0xFE], count: count), number: index + 2,
                position: (first + count) * 960 + preSkip, flags: first + count == packets ? 4 : 0)
        }
        return pages
    }

    /// A page of an Ogg stream (RFC 3533), with packets of less than 255 bytes.
    private static func page(_ packets: [[UInt8]], number: Int, position: Int, flags: UInt8 = 0) -> [UInt8] {
        let serial = 1
        var page = Array("OggS".utf8) + [0, flags] + AudioClip.littleEndian(position, 8)
        page += AudioClip.littleEndian(serial, 4) + AudioClip.littleEndian(number, 4) + [0, 0, 0, 0]
        page += [UInt8(packets.count)] + packets.map { UInt8($0.count) } + packets.flatMap { $0 }
        let check = CyclicCheck.ogg.value(of: page)
        page.replaceSubrange(22..<26, with: AudioClip.littleEndian(check, 4))
        return page
    }

    private static func repeated(_ frame: [UInt8], every duration: Int, _ milliseconds: Int) -> [UInt8] {
        let count = max(1, (milliseconds + duration - 1) / duration)
        return Array(repeatElement(frame, count: count).joined())
    }
}
