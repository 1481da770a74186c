package import SparringJSON
import SparringTokens

/// A checked `POST /v1/audio/transcriptions` or `/v1/audio/translations`.
///
/// Source: https://platform.openai.com/docs/api-reference/audio and errors quoted in public issue trackers
/// (docs/reference/api/audio.md).
package struct TranscriptionRequest: Sendable {
    package enum Task: String, Sendable, Hashable {
        case transcribe, translate
    }

    enum Format: String, Sendable, Hashable, CaseIterable {
        case json, text, srt
        case verboseJSON = "verbose_json"
        case vtt
        case diarizedJSON = "diarized_json"
    }

    /// The maximum size of a form, in bytes.
    package static let largestForm = 26_214_400
    /// File extensions, in the order of the API's error message.
    static let extensions = ["flac", "m4a", "mp3", "mp4", "mpeg", "mpga", "oga", "ogg", "wav", "webm"]

    package var task: Task
    package var model: ModelInfo
    var traits: ListeningTraits
    var sound: Sound
    var format: Format
    /// The language in the client's spelling, such as `de`.
    var language: String?
    var prompt: String?
    var tellsWords: Bool
    var tellsSegments: Bool
    var tellsLogprobs: Bool
    /// The names of known speakers.
    var speakers: [String]
    package var digest: CallDigest

    /// - Parameter body: the fields of the form, with the file as `Sound.json`. Unknown fields are ignored, as in the
    ///   API.
    package static func check(_ body: JSONValue, task: Task, models: ModelTable) throws(APIError)
        -> TranscriptionRequest
    {
        guard let fields = body.object else { throw .unparsable }
        let model = try route(fields["model"], models)
        let traits = ListeningTraits(model)
        guard task == .transcribe || traits.isWhisper else { throw .modelNotFound(model.id) }
        let form = TranscriptionForm(fields)
        let sound = try form.sound(for: traits)
        let format = try form.format(for: model, traits)
        try form.check(traits, sound, format)
        return TranscriptionRequest(task, model: model, traits: traits, sound: sound, format: format, form: form)
    }

    private init(
        _ task: Task, model: ModelInfo, traits: ListeningTraits, sound: Sound, format: Format,
        form: TranscriptionForm
    ) {
        self.task = task
        self.model = model
        self.traits = traits
        self.sound = sound
        self.format = format
        language = form.text("language")
        prompt = form.text("prompt")
        let granularities = form.texts("timestamp_granularities")
        tellsWords = granularities.contains("word")
        tellsSegments = granularities.isEmpty || granularities.contains("segment")
        tellsLogprobs = form.texts("include").contains("logprobs")
        speakers = form.texts("known_speaker_names")
        // Whisper ignores `stream`.
        let isStream = task == .transcribe && !traits.isWhisper && form.flag("stream") == true
        digest = CallDigest(lastUser: prompt, isStream: isStream)
    }

    /// Looks up the model, which the API does before all other checks.
    private static func route(_ value: JSONValue?, _ models: ModelTable) throws(APIError) -> ModelInfo {
        guard let id = value?.string, !id.isEmpty else { throw .audioModelMissing }
        guard let model = models[id], model.kind == .transcription else { throw .modelNotFound(id) }
        return model
    }

    /// The audio counts as one token for each tenth of a second.
    var audioTokens: Int { max(1, sound.milliseconds / 100) }
    var textTokens: Int { prompt.map(model.counter.count) ?? 0 }
    package var promptTokens: Int { traits.isPaidByTime ? 0 : audioTokens + textTokens }
    package var estimatedTokens: Int { promptTokens }
}
