/// Properties of a transcription model on the audio endpoints.
///
/// Source: https://platform.openai.com/docs/guides/speech-to-text and the official OpenAPI document (August 2026).
struct ListeningTraits: Sendable, Hashable {
    /// True for Whisper, the model with open weights. Whisper is the only model that translates, reports times and writes subtitles, and it
    /// does not stream.
    let isWhisper: Bool
    /// True if the model distinguishes speakers.
    let diarizes: Bool
    /// True if the model accepts `languages` and `keywords`, and reports the languages it detects.
    let detectsLanguages: Bool
    /// True if the price is per second, not per token.
    let isPaidByTime: Bool
    /// The longest audio in milliseconds; nil if only the file size is limited.
    let longest: Int?

    init(_ model: ModelInfo) {
        isWhisper = model.family.hasPrefix("whisper")
        diarizes = model.family.hasSuffix("-diarize")
        detectsLanguages = model.family.hasPrefix("gpt-transcribe")
        isPaidByTime = isWhisper || detectsLanguages
        // Public issue trackers quote these limits: 1400 seconds for the diarizing model, 1500 for the others.
        longest = isWhisper ? nil : diarizes ? 1_400_000 : 1_500_000
    }

    var formats: [TranscriptionRequest.Format] {
        if isWhisper { return [.json, .text, .srt, .verboseJSON, .vtt] }
        return diarizes ? [.json, .text, .diarizedJSON] : [.json, .text]
    }
}
