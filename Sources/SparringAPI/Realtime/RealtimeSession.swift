package import SparringJSON

/// The settings of a Realtime session, as `session.created` and `session.updated` show them.
///
/// Source: `RealtimeSessionCreateResponse` of the API's document; the defaults are those of the API reference.
package struct RealtimeSession: Sendable {
    package private(set) var json: JSONObject
    /// True if the session only transcribes.
    package let isTranscription: Bool
    /// The model of the handshake; a transcription session may have no model.
    package let model: String

    /// - Parameters:
    ///   - expiresAt: Unix seconds.
    ///   - settings: the checked settings of a client secret; nil without a client secret.
    package init(
        model: String, isTranscription: Bool = false, expiresAt: Int, settings: JSONObject? = nil,
        ids: inout IDMint
    ) {
        self.model = model
        self.isTranscription = isTranscription
        json = isTranscription ? Self.transcription : Self.conversation(model)
        json["id"] = .string(ids.base62("sess_", count: 21))
        json["expires_at"] = .int(expiresAt)
        if let settings { merge(settings) }
    }

    private static func conversation(_ model: String) -> JSONObject {
        [
            "type": "realtime", "object": "realtime.session", "id": nil, "model": .string(model),
            "output_modalities": ["audio"], "instructions": .string(instructions), "tools": [], "tool_choice": "auto",
            "max_output_tokens": "inf", "tracing": nil, "truncation": "auto", "prompt": nil, "expires_at": nil,
            "audio": [
                "input": [
                    "format": RealtimeFormat.pcm.json, "transcription": nil, "noise_reduction": nil,
                    "turn_detection": detection,
                ],
                "output": ["format": RealtimeFormat.pcm.json, "voice": "marin", "speed": 1.0],
            ],
            "include": nil,
        ]
    }

    private static let transcription: JSONObject = [
        "type": "transcription", "object": "realtime.transcription_session", "id": nil, "expires_at": nil,
        "audio": [
            "input": [
                "format": RealtimeFormat.pcm.json, "transcription": nil, "noise_reduction": nil,
                "turn_detection": transcriptionDetection,
            ]
        ],
        "include": nil,
    ]

    private static let instructions = "You are a helpful assistant that speaks briefly."

    private static let detection: JSONValue = [
        "type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 200,
        "idle_timeout_ms": nil, "create_response": true, "interrupt_response": true,
    ]

    private static let transcriptionDetection: JSONValue = [
        "type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 200,
    ]

    private static let semantic: JSONValue = [
        "type": "semantic_vad", "eagerness": "auto", "create_response": true, "interrupt_response": true,
    ]

    // MARK: Reading

    private var input: JSONValue? { json["audio"]?["input"] }
    private var output: JSONValue? { json["audio"]?["output"] }

    package var inputFormat: RealtimeFormat { RealtimeFormat(input?["format"]) }
    var outputFormat: RealtimeFormat { RealtimeFormat(output?["format"]) }
    package var transcriptionModel: String? { input?["transcription"]?["model"]?.string }
    package var transcribes: Bool { input?["transcription"]?.object != nil }
    /// The settings of turn detection; nil if the client itself marks the end of a turn.
    package var turnDetection: JSONValue? { input?["turn_detection"]?.unlessNull }
    package var createsResponses: Bool { !isTranscription && turnDetection?["create_response"]?.bool ?? false }
    package var isInterruptible: Bool { !isTranscription && turnDetection?["interrupt_response"]?.bool ?? false }

    /// The silence after which the server starts a response; nil without such a timeout.
    package var idleTimeout: Duration? {
        isTranscription ? nil : (turnDetection?["idle_timeout_ms"]?.int).map { .milliseconds($0) }
    }
    /// Whether the server ever starts a response: with both settings false, it never does.
    package var answersSilence: Bool { createsResponses || isInterruptible }

    // MARK: Changing

    /// Carries out a `session.update`.
    /// - Parameters:
    ///   - event: the client's event.
    ///   - hasSpoken: true if the conversation contains audio of the assistant. The voice cannot change after the assistant has spoken.
    package mutating func update(_ event: JSONObject, hasSpoken: Bool) throws(APIError) {
        guard let value = event["session"] else { throw .missing("session") }
        let session = try ParameterShape.object(value, "session")
        try RealtimeSessionShape.check(session, isTranscription: isTranscription)
        if let wanted = session["model"]?.string, wanted != model {
            throw .realtimeUnsupported(
                "a session keeps the model of its handshake ('\(model)'); open another socket", param: "session.model")
        }
        if hasSpoken, let voice = session["audio"]?["output"]?["voice"]?.unlessNull, voice != output?["voice"] {
            throw .realtime(
                "cannot_update_voice", "Cannot update a conversation's voice if assistant audio is present.",
                param: "session.audio.output.voice")
        }
        merge(session)
    }

    /// Sets the members of a checked object. Objects of `audio` are merged, everything else is replaced.
    private mutating func merge(_ session: JSONObject) {
        for member in session.members where !Self.fixed.contains(member.name) {
            guard member.name == "audio" else {
                if !member.value.isNull || Self.nullable.contains(member.name) { json[member.name] = member.value }
                continue
            }
            guard let audio = member.value.object else { continue }
            for (part, members) in ["input", "output"].compactMap({ part in audio[part]?.object.map { (part, $0) } }) {
                var own = json["audio"]?[part]?.object ?? JSONObject()
                for setting in members.members where !(setting.value.isNull && Self.lasting.contains(setting.name)) {
                    own[setting.name] = complete(setting)
                }
                json["audio"] = json["audio"]?.replacing(part, with: .object(own))
            }
        }
    }

    /// Members for which null means off. For all other members, null counts as missing.
    private static let nullable = ["tracing", "prompt", "include"]
    private static let lasting = ["format", "voice", "speed"]
    private static let fixed = ["type", "object", "id", "model", "expires_at", "client_secret"]

    /// Completes turn detection with its defaults, and PCM with its only rate.
    private func complete(_ setting: JSONObject.Member) -> JSONValue {
        switch setting.name {
        case "format": return RealtimeFormat(setting.value).json
        case "turn_detection":
            guard let given = setting.value.object else { return setting.value }
            let isSemantic = given["type"] == "semantic_vad"
            var whole =
                (isSemantic ? Self.semantic : isTranscription ? Self.transcriptionDetection : Self.detection).object
                ?? JSONObject()
            for member in given.members { whole[member.name] = member.value }
            return .object(whole)
        default: return setting.value
        }
    }
}
