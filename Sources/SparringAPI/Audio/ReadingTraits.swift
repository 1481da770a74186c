/// What the speech endpoint makes of a model that reads aloud.
///
/// Source: https://platform.openai.com/docs/guides/text-to-speech
struct ReadingTraits: Sendable, Hashable {
    /// The older models: paid by the character, without events and instructions, and with fewer voices.
    let isOlder: Bool

    init(_ model: ModelInfo) { isOlder = model.family.hasPrefix("tts-1") }

    /// In the order in which the API's complaint lists them.
    var voices: [String] {
        let all = ["nova", "shimmer", "echo", "onyx", "fable", "alloy", "ash", "sage", "coral"]
        return isOlder ? all : all + ["ballad", "verse", "marin", "cedar"]
    }
}
