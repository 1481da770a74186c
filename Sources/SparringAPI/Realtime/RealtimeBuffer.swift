import SparringJSON

/// The input audio of a Realtime session that is not yet part of an item.
struct RealtimeBuffer: Sendable {
    /// The whole samples, in the pieces in which they arrived, so that a copy of the state does not copy all of the audio.
    private var pieces: [[UInt8]] = []
    private(set) var count = 0
    /// The first bytes of a sample whose rest has not arrived yet.
    private var partial: [UInt8] = []
    /// The number of bytes of the session before the first byte of the buffer.
    private var dropped = 0
    private(set) var format: RealtimeFormat
    private var detector: VoiceActivity?
    private var settings: JSONValue?
    private var padding = 0
    /// The start of the current speech, counted in bytes from the start of the session, and the item that the speech will become.
    private var speech: (start: Int, item: String)?
    /// The first byte of the session after the playback of the last response; nil while no idle timeout runs.
    private var silence: Int?

    /// The maximum number of bytes, for a client that never commits: five and a half minutes of PCM, half an hour of
    /// G.711.
    static let capacity = 15 << 20
    /// The longest silence that is kept for an idle timeout, in milliseconds: the longest timeout. A client that sends
    /// audio faster than it plays loses the oldest.
    private static let longestSilence = 30_000
    /// The minimum length of audio that a client can commit, in milliseconds.
    private static let shortest = 100

    init(_ session: RealtimeSession) {
        format = session.inputFormat
        configure(session)
    }

    /// Takes over the session's audio format and turn detection. A new format empties the buffer. Turning on turn detection also empties
    /// it, because the audio from before the change is not part of what follows. Turning off turn detection keeps the audio.
    mutating func configure(_ session: RealtimeSession) {
        guard session.inputFormat != format || session.turnDetection != settings else { return }
        if session.inputFormat != format { (pieces, count, dropped) = ([], 0, 0) }
        format = session.inputFormat
        settings = session.turnDetection
        (padding, speech, silence, detector, partial) = (0, nil, nil, nil, [])
        guard let settings else { return }
        let silence =
            settings["type"] == "semantic_vad"
            ? ["low": 1_600, "high": 400][settings["eagerness"]?.string ?? ""] ?? 800
            : settings["silence_duration_ms"]?.int ?? 200
        padding = (settings["prefix_padding_ms"]?.int ?? 300) * format.bytesPerMillisecond
        detector = VoiceActivity(
            threshold: settings["threshold"]?.double ?? 0.5, silence: silence, rate: format.rate)
        (pieces, count, dropped) = ([], 0, 0)
    }

    var milliseconds: Double { Double(count) / Double(format.bytesPerMillisecond) }

    /// A change that a piece of audio causes.
    enum Change {
        case started(at: Int, item: String)
        /// - Parameter audio: the item's audio, from the padding before the speech to the end of the speech.
        case stopped(at: Int, item: String, audio: [UInt8])
    }

    mutating func append(_ audio: [UInt8], ids: inout IDMint) throws(APIError) -> [Change] {
        guard count + audio.count <= Self.capacity else {
            throw .realtimeUnsupported(
                "the input audio buffer has at most \(Self.capacity) bytes; commit or clear it", param: "audio")
        }
        guard !audio.isEmpty else { return [] }
        // A piece may end inside a sample.
        var heard = partial + audio
        partial = Array(heard.suffix(heard.count % format.bytesPerSample))
        heard.removeLast(partial.count)
        guard !heard.isEmpty else { return [] }
        pieces.append(heard)
        count += heard.count
        guard let changes = detector?.hear(format.samples(heard[...])) else { return [] }
        var result: [Change] = []
        for change in changes {
            switch change {
            case .started(let moment):
                let start = max(dropped, moment * format.bytesPerMillisecond - padding)
                let item = ids.base62("item_", count: 21)
                speech = (start, item)
                silence = nil
                result.append(.started(at: start / format.bytesPerMillisecond, item: item))
            case .stopped(let moment):
                guard let (start, item) = speech else { continue }
                speech = nil
                let end = moment * format.bytesPerMillisecond
                let audio = Array(whole.dropFirst(max(0, start - dropped)).prefix(max(0, end - max(start, dropped))))
                drop(to: end)
                result.append(.stopped(at: moment, item: item, audio: audio))
            }
        }
        // Only the padding, the windows that are not decided yet and a silence can become part of a later item.
        let quiet = silence.map { min(dropped + count - $0, Self.longestSilence * format.bytesPerMillisecond) }
        let kept = max(padding + 100 * format.bytesPerMillisecond, quiet ?? 0)
        if let detector, !detector.isSpeaking, count > 2 * kept { drop(to: dropped + count - kept) }
        return result
    }

    private var whole: [UInt8] { Array(pieces.joined()) }

    /// Drops the audio before a given byte of the session.
    private mutating func drop(to place: Int) {
        let rest = whole.dropFirst(max(0, place - dropped))
        pieces = rest.isEmpty ? [] : [Array(rest)]
        dropped += count - rest.count
        count = rest.count
    }

    /// Takes all audio of the buffer as one item.
    /// - Throws: the API's error for an empty buffer.
    mutating func commit(ids: inout IDMint) throws(APIError) -> (item: String, audio: [UInt8]) {
        guard milliseconds >= Double(Self.shortest) else {
            throw .realtime(
                "input_audio_buffer_commit_empty",
                "Error committing input audio buffer: buffer too small. Expected at least \(Self.shortest)ms of audio, "
                    + "but buffer only has \(Self.hundredths(milliseconds))ms of audio.")
        }
        defer { clear() }
        return (speech?.item ?? ids.base62("item_", count: 21), whole)
    }

    /// Empties the buffer. A sample whose rest has not arrived is dropped, too: the next piece begins with a whole sample.
    mutating func clear() {
        dropped += count
        (pieces, count, speech, partial) = ([], 0, nil, [])
        detector?.rest()
    }

    // MARK: Silence

    var isSpeaking: Bool { speech != nil }

    /// The response has been played: the audio from here on is silence until speech begins.
    mutating func beginSilence() { silence = dropped + count }

    mutating func endSilence() { silence = nil }

    /// Takes the silence as an item. The detection of speech continues as if the audio were still in the buffer.
    /// - Returns: the item, the milliseconds of the session at the silence's start and end, and its audio.
    mutating func takeSilence(ids: inout IDMint) -> (item: String, start: Int, end: Int, audio: [UInt8]) {
        let end = dropped + count
        let start = silence ?? end
        let unit = format.bytesPerMillisecond
        let audio = Array(whole.dropFirst(max(0, start - dropped)).suffix(Self.longestSilence * unit))
        drop(to: end)
        silence = nil
        return (ids.base62("item_", count: 21), start / unit, end / unit, audio)
    }

    private static func hundredths(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }
}
