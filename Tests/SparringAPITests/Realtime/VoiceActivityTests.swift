import Testing

@testable import SparringAPI

@Suite("Speech detection by energy")
struct VoiceActivityTests {
    /// Audio at 1,000 samples a second, so that a window has 20 samples: loud where the text has `#`. Each letter is 20 ms.
    private static func audio(_ text: String) -> [Int16] {
        text.flatMap { letter in (0..<20).map { letter == "#" ? ($0.isMultiple(of: 2) ? 4_000 : -4_000) : 0 } }
    }

    private static func detector() -> VoiceActivity { VoiceActivity(threshold: 0.5, silence: 60, rate: 1_000) }

    @Test(
        "Loud windows begin a turn, and a number of quiet windows ends it",
        arguments: [
            ("....", []), ("..#..", []), ("..##", [.started(at: 40)]),
            ("..##...", [.started(at: 40), .stopped(at: 80)]),
            ("##..##....", [.started(at: 0), .stopped(at: 120)]),
            ("##....##....", [.started(at: 0), .stopped(at: 40), .started(at: 120), .stopped(at: 160)]),
        ] as [(String, [VoiceActivity.Change])])
    func turns(_ text: String, _ expected: [VoiceActivity.Change]) {
        var whole = Self.detector()
        #expect(whole.hear(Self.audio(text)) == expected)
        for size in [1, 7, 33] {
            var detector = Self.detector()
            let samples = Self.audio(text)
            let cut = stride(from: 0, to: samples.count, by: size).flatMap {
                detector.hear(Array(samples[$0..<min($0 + size, samples.count)]))
            }
            #expect(cut == expected, "in pieces of \(size)")
        }
    }

    @Test("A higher threshold needs louder audio", arguments: [(0.5, true), (1, false)])
    func threshold(_ threshold: Double, _ isHeard: Bool) {
        var detector = VoiceActivity(threshold: threshold, silence: 60, rate: 1_000)
        #expect(detector.hear(Self.audio("####").map { $0 / 8 }).isEmpty != isHeard)
    }
}

@Suite("Formats of Realtime audio")
struct RealtimeFormatTests {
    @Test("Samples survive each format within its precision", arguments: RealtimeFormat.allCases)
    func roundTrip(_ format: RealtimeFormat) {
        for value in stride(from: -32_000, through: 32_000, by: 97) {
            let sample = Int16(value)
            let decoded = Int(format.samples(format.bytes([sample])[...])[0])
            #expect(abs(decoded - value) <= (format == .pcm ? 0 : max(16, abs(value) / 16)), "\(value)")
        }
    }

    @Test(
        "G.711 has the codes of the standard",
        arguments: [(0, 0xFF, 0xD5), (-1, 0x7F, 0x55), (32_635, 0x80, 0xAA), (-32_635, 0x00, 0x2A)])
    func codes(_ sample: Int, _ muLaw: UInt8, _ aLaw: UInt8) {
        #expect(G711.muLaw(Int16(sample)) == muLaw)
        #expect(G711.aLaw(Int16(sample)) == aLaw)
    }

    @Test("The audio of a token is loud enough to count as speech, in each format", arguments: RealtimeFormat.allCases)
    func audible(_ format: RealtimeFormat) {
        var detector = VoiceActivity(threshold: 0.5, silence: 200, rate: format.rate)
        let audio = RealtimeTone.audio("hello", format)
        #expect(audio.count == RealtimeTone.milliseconds * format.bytesPerMillisecond)
        #expect(audio == RealtimeTone.audio("hello", format))
        #expect(detector.hear(format.samples(audio[...])) == [.started(at: 0)])
    }
}
