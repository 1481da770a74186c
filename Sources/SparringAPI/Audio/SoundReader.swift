/// Reads an audio file while it arrives, and keeps its first and last bytes, which state its length.
package struct SoundReader: Sendable {
    private var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    private var count = 0
    private var head: [UInt8] = []
    private var tail: [UInt8] = []

    /// This is enough for an Ogg page, which has at most 65,307 bytes, and for most pictures before the audio.
    private static let kept = 128 * 1024

    package init() {}

    package mutating func feed(_ bytes: some Collection<UInt8>) {
        count += bytes.count
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        if head.count < Self.kept { head += bytes.prefix(Self.kept - head.count) }
        tail += bytes
        if tail.count > 2 * Self.kept { tail.removeFirst(tail.count - Self.kept) }
    }

    /// - Parameter filename: the name that the client gave the file.
    package func sound(filename: String?) -> Sound {
        let format = SoundLength.format(of: head)
        let measured = format.flatMap { SoundLength.milliseconds($0, head: head, tail: tail, count: count) }
        return Sound(
            filename: filename, bytes: count, hash: hash, format: format,
            milliseconds: measured ?? Self.estimate(count), isMeasured: measured != nil)
    }

    /// Assumes a rate of 32 kbit/s, which is common for speech.
    private static func estimate(_ count: Int) -> Int { count / 4 }
}
