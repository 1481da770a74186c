package import SparringJSON
import SparringWire

/// The state of a session that translates speech: its settings and the audio that does not fill a frame yet.
///
/// Audio is translated in frames of 200 ms. A frame with speech gives one word and a tone of 200 ms, both chosen by the bytes of the frame;
/// a silent frame gives nothing. Equal audio gives equal events, even if it is cut into pieces differently.
///
/// Source: `RealtimeTranslationClientEvent`, `RealtimeTranslationServerEvent` and `RealtimeTranslationSession` of the API's document. The
/// document does not say what silence gives, nor which language is the default.
package struct RealtimeTranslation: Sendable {
    /// The settings, as `session.created` and `session.updated` show them.
    package private(set) var json: JSONObject
    /// The number of whole frames so far.
    private var frames = 0
    private var pending: [UInt8] = []
    private var hasSpoken = (source: false, target: false)

    /// The types of the events that a client can send.
    package static let events = ["session.update", "session.input_audio_buffer.append", "session.close"]
    /// The type of the event after which the server closes the socket.
    package static let closed = "session.closed"

    private static let milliseconds = 200
    private static let frame = milliseconds * RealtimeFormat.pcm.bytesPerMillisecond
    /// The maximum number of bytes of audio in one event: more than 20 seconds.
    static let longestPiece = 1 << 20
    /// A frame has speech if the mean of its squared samples is at least this value: 1 % of full scale, as in turn detection.
    private static let energy = (0.01 * 32_768) * (0.01 * 32_768)

    /// - Parameters:
    ///   - expiresAt: Unix seconds.
    ///   - settings: the settings of a client secret; empty if there is no client secret.
    package init(
        model: String, expiresAt: Int, settings: JSONObject = [:], ids: inout IDMint
    ) throws(APIError) {
        json = [
            "id": .string(ids.base62("sess_", count: 21)), "type": "translation", "expires_at": .int(expiresAt),
            "model": .string(model),
            "audio": ["input": ["transcription": nil, "noise_reduction": nil], "output": ["language": "es"]],
        ]
        try Self.shape.check(.object(settings), at: "session")
        merge(settings)
    }

    /// Carries out an event of the client.
    /// - Returns: the server's events.
    mutating func carryOut(_ type: String, _ event: JSONObject, ids: inout IDMint) throws(APIError) -> [Event] {
        var answer = RealtimeEvents(ids: ids)
        defer { ids = answer.ids }
        switch type {
        case "session.update":
            try update(event)
            answer.add("session.updated", ["session": .object(json)])
        case "session.input_audio_buffer.append":
            pending += try Self.audio(of: event)
            translate(&answer)
        default:
            // The last frame is completed with silence.
            let missing = (Self.frame - pending.count % Self.frame) % Self.frame
            pending += [UInt8](repeating: 0, count: missing)
            translate(&answer)
            answer.add(Self.closed, [:], kind: .finish)
        }
        return answer.events
    }

    private static func audio(of event: JSONObject) throws(APIError) -> [UInt8] {
        let audio = try RealtimeAudio.bytes(of: event)
        guard audio.count <= longestPiece else {
            throw .realtimeUnsupported("an event has at most \(longestPiece) bytes of audio", param: "audio")
        }
        return audio
    }

    // MARK: Frames

    private mutating func translate(_ answer: inout RealtimeEvents) {
        var start = 0
        while pending.count - start >= Self.frame {
            frames += 1
            translate(pending[start..<(start + Self.frame)], &answer)
            start += Self.frame
        }
        pending.removeFirst(start)
    }

    private mutating func translate(_ frame: ArraySlice<UInt8>, _ answer: inout RealtimeEvents) {
        let samples = RealtimeFormat.pcm.samples(frame)
        let mean = samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(samples.count)
        guard mean >= Self.energy else { return }
        var hash = FNV1a()
        hash.add(frame)
        let heard = HeardText.word(hash.value)
        let elapsed = JSONValue.int(frames * Self.milliseconds)
        if json["audio"]?["input"]?["transcription"]?.object != nil {
            let delta = hasSpoken.source ? " " + heard : heard
            answer.add("session.input_transcript.delta", ["delta": .string(delta), "elapsed_ms": elapsed])
            hasSpoken.source = true
        }
        let said = "\(heard)-\(json["audio"]?["output"]?["language"]?.string ?? "")"
        let delta = hasSpoken.target ? " " + said : said
        answer.add("session.output_transcript.delta", ["delta": .string(delta), "elapsed_ms": elapsed])
        hasSpoken.target = true
        answer.add(
            "session.output_audio.delta",
            [
                "delta": .string(Base64.text(RealtimeTone.audio(said, .pcm))), "sample_rate": 24_000, "channels": 1,
                "format": "pcm16", "elapsed_ms": elapsed,
            ], kind: .content(tokens: 1))
    }
}

// MARK: - Settings

extension RealtimeTranslation {
    private mutating func update(_ event: JSONObject) throws(APIError) {
        guard let value = event["session"]?.unlessNull else { throw .missing("session") }
        let session = try ParameterShape.object(value, "session")
        try Self.shape.check(value, at: "session")
        for name in ["type", "model"] {
            guard let wanted = session[name]?.unlessNull, wanted != json[name] else { continue }
            throw .realtimeUnsupported("a translation session keeps its \(name)", param: "session.\(name)")
        }
        merge(session)
    }

    /// The members that a client may send. A client may send back a session's `id` and `expires_at` unchanged.
    private static let shape = ParameterShape.members([
        Parameter("type", .choice(["translation"])), Parameter("model", .string()),
        Parameter("id", .string()), Parameter("expires_at", .integer(minimum: 0)),
        Parameter(
            "audio",
            .members([
                Parameter(
                    "input",
                    .members([
                        Parameter("transcription", .special(checkTranscription)),
                        Parameter("noise_reduction", .special(checkNoise)),
                    ])),
                Parameter("output", .members([Parameter("language", .string())])),
            ])),
    ])

    @Sendable private static func checkTranscription(_ value: JSONValue, _ path: String) throws(APIError) {
        let settings = try ParameterShape.object(value, path)
        guard let model = settings["model"]?.unlessNull else { throw .missing("\(path).model") }
        try ParameterShape.string().check(model, at: "\(path).model")
    }

    @Sendable private static func checkNoise(_ value: JSONValue, _ path: String) throws(APIError) {
        let settings = try ParameterShape.object(value, path)
        guard let type = settings["type"]?.unlessNull else { throw .missing("\(path).type") }
        try ParameterShape.choice(["near_field", "far_field"]).check(type, at: "\(path).type")
    }

    /// Sets the members of checked settings. Null turns an input setting off, and leaves the language unchanged.
    private mutating func merge(_ session: JSONObject) {
        for part in ["input", "output"] {
            guard let given = session["audio"]?[part]?.object else { continue }
            var own = json["audio"]?[part]?.object ?? JSONObject()
            for setting in given.members where part == "input" || !setting.value.isNull {
                own[setting.name] = setting.value
            }
            json["audio"] = json["audio"]?.replacing(part, with: .object(own))
        }
    }
}
