/// What the audio endpoints make of a model that listens.
///
/// Source: https://platform.openai.com/docs/guides/speech-to-text and the official OpenAPI document (August 2026).
struct ListeningTraits: Sendable, Hashable {
    /// The open model: the only one that translates, tells times, and writes subtitles; it does not stream.
    let isWhisper: Bool
    /// Tells speakers apart.
    let diarizes: Bool
    /// Takes `languages` and `keywords`, and says which languages it has heard.
    let detectsLanguages: Bool
    /// Paid by the second, not by the token.
    let isPaidByTime: Bool
    /// What it takes at most, in milliseconds; nil where only the size of the file is limited.
    let longest: Int?

    init(_ model: ModelInfo) {
        isWhisper = model.family.hasPrefix("whisper")
        diarizes = model.family.hasSuffix("-diarize")
        detectsLanguages = model.family.hasPrefix("gpt-transcribe")
        isPaidByTime = isWhisper || detectsLanguages
        // Quoted in public issue trackers: 1400 seconds by the one that diarizes, 1500 by the others.
        longest = isWhisper ? nil : diarizes ? 1_400_000 : 1_500_000
    }

    var formats: [TranscriptionRequest.Format] {
        if isWhisper { return [.json, .text, .srt, .verboseJSON, .vtt] }
        return diarizes ? [.json, .text, .diarizedJSON] : [.json, .text]
    }
}
