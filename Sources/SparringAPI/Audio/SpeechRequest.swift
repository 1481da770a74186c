package import SparringJSON
import SparringTokens

/// A checked `POST /v1/audio/speech`.
///
/// Source: https://platform.openai.com/docs/api-reference/audio/createSpeech and errors quoted in public issue trackers
/// (docs/reference/api/audio.md).
package struct SpeechRequest: Sendable {
    package var model: ModelInfo
    var traits: ReadingTraits
    var input: String
    var instructions: String?
    /// One of `formats`.
    var format: String
    /// The speed factor; 1 is normal.
    var speed: Double
    package var digest: CallDigest

    /// The formats of speech, with their media types.
    static let formats = [
        ("mp3", "audio/mpeg"), ("opus", "audio/opus"), ("aac", "audio/aac"), ("flac", "audio/flac"),
        ("wav", "audio/wav"), ("pcm", "audio/pcm"),
    ]
    /// The formats that need no codec.
    static let plainFormats = ["wav", "pcm"]
    static let longestInput = 4096

    /// Checks a body. Unknown fields are ignored, as in the API.
    package static func check(_ body: JSONValue, models: ModelTable) throws(APIError) -> SpeechRequest {
        guard let fields = body.object else { throw .unparsable }
        guard let id = fields["model"]?.string, !id.isEmpty else { throw .audioModelMissing }
        guard let model = models[id], model.kind == .speech else { throw .modelNotFound(id) }
        let traits = ReadingTraits(model)
        let input = try text("input", fields, least: 1)
        guard let input else { throw .audioMissing("input", fields: fields) }
        try checkVoice(fields, traits)
        let instructions = try text("instructions", fields, least: 0)
        let format = try choice("response_format", formats.map(\.0), fields) ?? "mp3"
        let speed = try speed(fields["speed"]?.unlessNull)
        let isStream = try choice("stream_format", ["sse", "audio"], fields) == "sse"
        if isStream, traits.isOlder {
            throw .unsupportedValue("stream_format", "'sse'")
        }
        return SpeechRequest(
            model: model, traits: traits, input: input, instructions: instructions, format: format, speed: speed,
            digest: CallDigest(lastUser: input, system: instructions, isStream: isStream))
    }

    private static func text(_ name: String, _ fields: JSONObject, least: Int) throws(APIError) -> String? {
        guard let value = fields[name]?.unlessNull else { return nil }
        guard let text = value.string else {
            throw .audio("string_type", name, "Input should be a valid string", got: value)
        }
        let count = text.unicodeScalars.count
        guard count >= least else {
            throw .audio(
                "string_too_short", name, "String should have at least \(least) character", got: value,
                limits: ["min_length": .int(least)])
        }
        guard count <= longestInput else {
            throw .audio(
                "string_too_long", name, "String should have at most \(longestInput) characters", got: value,
                limits: ["max_length": .int(longestInput)])
        }
        return text
    }

    /// Checks the voice, which is a name or the id of a custom voice.
    private static func checkVoice(_ fields: JSONObject, _ traits: ReadingTraits) throws(APIError) {
        guard let voice = fields["voice"]?.unlessNull else { throw .audioMissing("voice", fields: fields) }
        if voice["id"]?.string != nil { return }
        guard let name = voice.string, traits.voices.contains(name) else {
            throw .audioChoice("voice", traits.voices, got: voice)
        }
    }

    private static func choice(_ name: String, _ names: [String], _ fields: JSONObject) throws(APIError) -> String? {
        guard let value = fields[name]?.unlessNull else { return nil }
        guard let text = value.string, names.contains(text) else { throw .audioChoice(name, names, got: value) }
        return text
    }

    private static func speed(_ value: JSONValue?) throws(APIError) -> Double {
        guard let value else { return 1 }
        guard let speed = value.double else {
            throw .audio("float_type", "speed", "Input should be a valid number", got: value)
        }
        guard speed >= 0.25 else {
            throw .audio(
                "greater_than_equal", "speed", "Input should be greater than or equal to 0.25", got: value,
                limits: ["ge": 0.25])
        }
        guard speed <= 4 else {
            throw .audio(
                "less_than_equal", "speed", "Input should be less than or equal to 4", got: value, limits: ["le": 4.0])
        }
        return speed
    }

    /// - Throws: `sparring_speech_format` if the format needs a codec, which Sparring does not have.
    package func checkIsPlain() throws(APIError) {
        guard Self.plainFormats.contains(format) else { throw .codecMissing(format) }
    }

    /// The length of the audio: people read about fifteen characters a second aloud at normal speed.
    var milliseconds: Int { max(100, Int(Double(input.count * 1000) / 15 / speed)) }

    package var promptTokens: Int {
        traits.isOlder ? 0 : model.counter.count(input) + (instructions.map(model.counter.count) ?? 0)
    }
    package var estimatedTokens: Int { promptTokens }

    /// 1,250 tokens a minute: the ratio of the published prices per token and per minute.
    var outputTokens: Int { milliseconds * 1250 / 60_000 }
}
