package import SparringJSON

/// The members that a client may send in `session.update`, in a client secret and in `response.create`.
///
/// Source: `RealtimeSessionCreateRequest`, `RealtimeTranscriptionSessionCreateRequest` and
/// `RealtimeResponseCreateParams` of the API's document.
package enum RealtimeSessionShape {
    package static func check(_ session: JSONObject, isTranscription: Bool) throws(APIError) {
        guard let type = session["type"], !type.isNull else { throw .missing("session.type") }
        try ParameterShape.choice(["realtime", "transcription"]).check(type, at: "session.type")
        guard (type == "transcription") == isTranscription else {
            let (sent, own) = isTranscription ? ("realtime", "transcription") : ("transcription", "realtime")
            throw APIError(
                message: "Passing a \(sent) session update event to a \(own) session is not allowed.",
                param: "session.type", code: "invalid_parameter")
        }
        try (isTranscription ? transcription : conversation).check(.object(session), at: "session")
    }

    /// The shape of `response` in `response.create`.
    static let response = ParameterShape.members(
        common + [
            Parameter("audio", .members([Parameter("output", .members([format, voice]))])),
            Parameter("conversation", .choice(["auto", "none"])), Parameter("input", .special(list)),
            Parameter("metadata", .metadata),
        ])

    private static let common = [
        Parameter("output_modalities", .special(modalities)), Parameter("instructions", .string()),
        Parameter("tools", .special(tools)), Parameter("tool_choice", .special(ResponsesTools.checkChoice)),
        Parameter("max_output_tokens", .special(outputTokens)), Parameter("prompt", .special(anything)),
        Parameter("reasoning", .special(anything)), Parameter("parallel_tool_calls", .boolean),
    ]

    private static let conversation = ParameterShape.members(
        common + [
            Parameter("type", .string()), Parameter("model", .string()), Parameter("include", .special(list)),
            Parameter("tracing", .special(anything)), Parameter("truncation", .special(anything)),
            Parameter("audio", .members([input, output])),
        ] + echoed)

    private static let transcription = ParameterShape.members(
        [
            Parameter("type", .string()), Parameter("include", .special(list)),
            Parameter("audio", .members([input])),
        ] + echoed)

    /// The members that a client may send back with the values that it received.
    private static let echoed = ["id", "object", "expires_at"].map { Parameter($0, .special(anything)) }

    private static let input = Parameter(
        "input",
        .members([
            format, Parameter("transcription", .special(transcriptionSettings)),
            Parameter("noise_reduction", .special(anything)), Parameter("turn_detection", .special(detection)),
        ]))

    private static let output = Parameter(
        "output", .members([format, voice, Parameter("speed", .special(speed))]))

    private static let format = Parameter("format", .special(checkFormat))
    private static let voice = Parameter("voice", .special(checkVoice))

    @Sendable private static func anything(_ value: JSONValue, _ path: String) throws(APIError) {}

    @Sendable private static func list(_ value: JSONValue, _ path: String) throws(APIError) {
        guard value.array != nil else { throw .invalidType(path, expected: "an array", got: value) }
    }

    @Sendable private static func modalities(_ value: JSONValue, _ path: String) throws(APIError) {
        guard let values = value.array else { throw .invalidType(path, expected: "an array of strings", got: value) }
        for (index, value) in values.enumerated() {
            try ParameterShape.choice(["text", "audio"]).check(value, at: "\(path)[\(index)]")
        }
        guard values.count == 1 else {
            let names = values.compactMap(\.string).map { "'\($0)'" }.joined(separator: ", ")
            throw APIError(
                message: "Invalid modalities: [\(names)]. Supported combinations are: ['text'] and ['audio'].",
                param: path, code: "invalid_value")
        }
    }

    @Sendable private static func tools(_ value: JSONValue, _ path: String) throws(APIError) {
        guard let values = value.array else { throw .invalidType(path, expected: "an array of objects", got: value) }
        for (index, value) in values.enumerated() {
            let path = "\(path)[\(index)]"
            let tool = try ParameterShape.object(value, path)
            guard let type = tool["type"], !type.isNull else { throw .missing("\(path).type") }
            try ParameterShape.choice(["function", "mcp"]).check(type, at: "\(path).type")
            if type == "mcp" {
                throw .realtimeUnsupported("MCP servers are not called from a Realtime session", param: path)
            }
            try ResponsesTools.checkTool(value, path)
        }
    }

    @Sendable private static func outputTokens(_ value: JSONValue, _ path: String) throws(APIError) {
        if value == "inf" { return }
        guard value.string == nil else { throw .invalidType(path, expected: "one of an integer or 'inf'", got: value) }
        try ParameterShape.integer(minimum: 1, maximum: 4_096).check(value, at: path)
    }

    @Sendable private static func speed(_ value: JSONValue, _ path: String) throws(APIError) {
        guard let speed = value.number else { throw .invalidType(path, expected: "a decimal", got: value) }
        guard (0.25...1.5).contains(speed.double) else {
            throw APIError(
                message: "Invalid '\(path)': expected a value from 0.25 to 1.5, but got \(speed.text) instead.",
                param: path, code: speed.double < 1 ? "decimal_below_min_value" : "decimal_above_max_value")
        }
    }

    @Sendable private static func checkFormat(_ value: JSONValue, _ path: String) throws(APIError) {
        let format = try ParameterShape.object(value, path)
        guard let type = format["type"], !type.isNull else { throw .missing("\(path).type") }
        try ParameterShape.choice(RealtimeFormat.allCases.map(\.rawValue)).check(type, at: "\(path).type")
        guard type == "audio/pcm", let rate = format["rate"], !rate.isNull else { return }
        try ParameterShape.integer(minimum: 24_000, maximum: 24_000).check(rate, at: "\(path).rate")
    }

    /// Custom voices (`{"id": …}`) are accepted without a check.
    @Sendable private static func checkVoice(_ value: JSONValue, _ path: String) throws(APIError) {
        guard value["id"]?.string == nil else { return }
        try ParameterShape.choice([
            "alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar",
        ]).check(value, at: path)
    }

    @Sendable private static func transcriptionSettings(_ value: JSONValue, _ path: String) throws(APIError) {
        try ParameterShape.members([
            Parameter("model", .string()), Parameter("language", .string()), Parameter("prompt", .string()),
            Parameter("delay", .special(anything)), Parameter("languages", .special(anything)),
            Parameter("keywords", .special(anything)),
        ]).check(value, at: path)
    }

    @Sendable private static func detection(_ value: JSONValue, _ path: String) throws(APIError) {
        let settings = try ParameterShape.object(value, path)
        guard let type = settings["type"], !type.isNull else { throw .missing("\(path).type") }
        try ParameterShape.choice(["server_vad", "semantic_vad"]).check(type, at: "\(path).type")
        let responding = [Parameter("create_response", .boolean), Parameter("interrupt_response", .boolean)]
        let own =
            type == "semantic_vad"
            ? [Parameter("eagerness", .choice(["low", "medium", "high", "auto"]))]
            : [
                Parameter("threshold", .decimal(minimum: 0, maximum: 1)),
                Parameter("prefix_padding_ms", .integer(minimum: 0, maximum: 10_000)),
                Parameter("silence_duration_ms", .integer(minimum: 0, maximum: 60_000)),
                Parameter("idle_timeout_ms", .integer(minimum: 5_000, maximum: 30_000)),
            ]
        try ParameterShape.members([Parameter("type", .string())] + responding + own).check(value, at: path)
    }
}
