import SparringWire

/// Audible speech of a Realtime session: a short tone for each token of the transcript, with a gap after it. Equal tokens
/// sound alike, so equal texts give equal audio.
enum RealtimeTone {
    /// The length of a token's tone with its gap.
    static let milliseconds = 200
    private static let gap = 40

    /// The audio of one token.
    static func audio(_ text: some StringProtocol, _ format: RealtimeFormat) -> [UInt8] {
        let count = format.rate * milliseconds / 1000
        let sounding = format.rate * (milliseconds - gap) / 1000
        // Each period is a whole number of samples at both rates: the tones have 250 to 500 Hz.
        let period = [48, 54, 60, 72, 84, 96][Int(FNV1a.hash(String(text)) % 6)] * format.rate / 24_000
        return format.bytes((0..<count).map { $0 < sounding ? triangle($0, period) : 0 })
    }

    /// A triangle wave at a quarter of full scale.
    private static func triangle(_ index: Int, _ period: Int) -> Int16 {
        let (phase, quarter) = (index % period, period / 4)
        let height = phase < quarter ? phase : phase < 3 * quarter ? 2 * quarter - phase : phase - 4 * quarter
        return Int16(max(-8_000, min(8_000, height * 8_000 / quarter)))
    }
}
