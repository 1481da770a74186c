package import SparringJSON
import SparringTokens

/// A checked `POST /v1/audio/speech`.
///
/// Source: https://platform.openai.com/docs/api-reference/audio/createSpeech and complaints quoted in public issue trackers
/// (docs/reference/api/audio.md).
package struct SpeechRequest: Sendable {
    package var model: ModelInfo
    var traits: ReadingTraits
    var input: String
    var instructions: String?
    /// One of `formats`.
    var format: String
    /// How much faster than usual.
    var speed: Double
    package var digest: CallDigest

    /// With their media types.
    static let formats = [
        ("mp3", "audio/mpeg"), ("opus", "audio/opus"), ("aac", "audio/aac"), ("flac", "audio/flac"),
        ("wav", "audio/wav"), ("pcm", "audio/pcm"),
    ]
    /// What is written without a codec.
    static let plainFormats = ["wav", "pcm"]
    static let longestInput = 4096

    /// Unknown fields are ignored, as the API ignores them here.
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
                ["min_length": .int(least)])
        }
        guard count <= longestInput else {
            throw .audio(
                "string_too_long", name, "String should have at most \(longestInput) characters", got: value,
                ["max_length": .int(longestInput)])
        }
        return text
    }

    /// A name, or the id of a voice that somebody has made.
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
                ["ge": 0.25])
        }
        guard speed <= 4 else {
            throw .audio("less_than_equal", "speed", "Input should be less than or equal to 4", got: value, ["le": 4.0])
        }
        return speed
    }

    /// - Throws: `sparring_speech_format` where the sound that is asked for takes a codec: none runs here.
    package func checkIsPlain() throws(APIError) {
        guard Self.plainFormats.contains(format) else { throw .codecMissing(format) }
    }

    // MARK: Counts

    /// Fifteen characters a second at the usual speed, as people read aloud.
    var milliseconds: Int { max(100, Int(Double(input.count * 1000) / 15 / speed)) }

    package var promptTokens: Int {
        traits.isOlder ? 0 : model.counter.count(input) + (instructions.map(model.counter.count) ?? 0)
    }
    package var estimatedTokens: Int { promptTokens }

    /// 1,250 tokens a minute: what the published prices for tokens and for minutes come to.
    var outputTokens: Int { milliseconds * 1250 / 60_000 }
}
