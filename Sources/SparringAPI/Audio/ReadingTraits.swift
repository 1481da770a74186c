/// Properties of a text-to-speech model on the speech endpoint.
///
/// Source: https://platform.openai.com/docs/guides/text-to-speech
struct ReadingTraits: Sendable, Hashable {
    /// True for the older models: they are priced per character, have fewer voices, and support neither events nor
    /// instructions.
    let isOlder: Bool

    init(_ model: ModelInfo) { isOlder = model.family.hasPrefix("tts-1") }

    /// The voices, in the order in which the API's error message lists them.
    var voices: [String] {
        let all = ["nova", "shimmer", "echo", "onyx", "fable", "alloy", "ash", "sage", "coral"]
        return isOlder ? all : all + ["ballad", "verse", "marin", "cedar"]
    }
}
