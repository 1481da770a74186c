import SparringJSON

/// The parameters of `POST /v1/chat/completions`.
///
/// Source: measured against the API in August and September 2026 (docs/measurements/fidelity.md).
enum ChatParameters {
    static let table = ParameterTable(
        besides: ["model"],
        [
            Parameter("messages", .special(ChatMessages.check)),
            Parameter("functions", .special(ChatTools.checkFunctions)),
            Parameter("function_call", .special(ChatTools.checkFunctionCall)),
            Parameter("tools", .special(ChatTools.checkTools)),
            Parameter("tool_choice", .special(ChatTools.checkChoice)),
            Parameter("parallel_tool_calls", .boolean),
            Parameter("max_completion_tokens", .integer(minimum: 1)),
            Parameter("n", .integer(minimum: 1, maximum: 128)),
            Parameter("temperature", .special(decimalType)),
            Parameter("top_p", .special(decimalType)),
            Parameter("presence_penalty", .decimal(minimum: -2, maximum: 2)),
            Parameter("frequency_penalty", .decimal(minimum: -2, maximum: 2)),
            Parameter("logprobs", .boolean),
            Parameter("top_logprobs", .integer(minimum: 0)),
            Parameter("user", .string()),
            Parameter("seed", .integer()),
            Parameter("moderation", .requiring([Parameter("model", .string())])),
            Parameter("safety_identifier", .string(maximum: 64)),
            Parameter("prompt_cache_options", ResponsesParameters.promptCacheOptions),
            Parameter("prompt_cache_key", .string()),
            Parameter("prompt_cache_retention", .special(checkRetention)),
            Parameter("response_format", .special(checkFormat)),
            Parameter("service_tier", .choice(["auto", "default", "fast", "flex", "priority"])),
            Parameter("max_tokens", .integer(minimum: 1)),
            // The accepted efforts depend on the model (`ChatTraits.efforts`).
            Parameter("reasoning_effort", .special(any)),
            Parameter("logit_bias", .special(checkLogitBias)),
            Parameter("stop", .special(checkStop)),
            Parameter("stream", .boolean),
            Parameter(
                "stream_options",
                .members([
                    Parameter("include_usage", .boolean), Parameter("include_obfuscation", .boolean),
                ])),
            Parameter("store", .boolean),
            Parameter("metadata", .metadata),
            Parameter(
                "prediction",
                .requiring([Parameter("type", .choice(["content"])), Parameter("content", .special(checkPredicted))])),
            Parameter("verbosity", .choice(["low", "medium", "high"])),
            Parameter("modalities", .special(checkModalities)),
            Parameter(
                "audio",
                .requiring([
                    Parameter("voice", .special(checkVoice)),
                    Parameter("format", .choice(["wav", "aac", "mp3", "flac", "opus", "pcm16"])),
                ])),
            Parameter(
                "web_search_options",
                .members([
                    Parameter("search_context_size", .choice(["low", "medium", "high"])),
                    Parameter("user_location", location),
                ])),
        ])

    // MARK: Shapes of their own

    @Sendable private static func any(_ value: JSONValue, _ path: String) throws(APIError) {}

    private static let location = ParameterShape.requiring([
        Parameter("type", .choice(["approximate"])),
        Parameter(
            "approximate",
            .members(["country", "region", "city", "timezone"].map { Parameter($0, .string()) })),
    ])

    /// A voice is given by its name, or by the id of a custom voice.
    @Sendable private static func checkVoice(_ value: JSONValue, _ path: String) throws(APIError) {
        switch value {
        case .object: try ParameterShape.requiring([Parameter("id", .string())]).check(value, at: path)
        default: try ParameterShape.choice(voices).check(value, at: path)
        }
    }

    private static let voices = [
        "alloy", "ash", "ballad", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer", "verse", "marin",
        "cedar",
    ]

    @Sendable private static func checkPredicted(_ value: JSONValue, _ path: String) throws(APIError) {
        switch value {
        case .string: return
        case .array(let parts):
            guard !parts.isEmpty else { throw .emptyArray(path) }
            let part = ParameterShape.requiring([Parameter("type", .choice(["text"])), Parameter("text", .string())])
            for (index, value) in parts.enumerated() { try part.check(value, at: "\(path)[\(index)]") }
        default: throw .invalidType(path, expected: "one of a string or array of objects", got: value)
        }
    }

    /// Bounds are checked later, with the model's capabilities.
    @Sendable private static func decimalType(_ value: JSONValue, _ path: String) throws(APIError) {
        guard value.number != nil else { throw .invalidType(path, expected: "a decimal", got: value) }
    }

    @Sendable private static func checkFormat(_ value: JSONValue, _ path: String) throws(APIError) {
        let format = try ParameterShape.object(value, path)
        guard let type = format["type"] else { throw .missing("\(path).type") }
        try ParameterShape.choice(["json_object", "json_schema", "text"]).check(type, at: "\(path).type")
        guard type.string == "json_schema" else { return }
        guard let schema = format["json_schema"] else { throw .missing("\(path).json_schema") }
        guard let name = schema["name"] else { throw .missing("\(path).json_schema.name") }
        try ResponsesTools.checkName(name, "\(path).json_schema.name")
    }

    @Sendable private static func checkRetention(_ value: JSONValue, _ path: String) throws(APIError) {
        guard let text = value.string else {
            throw .invalidType(path, expected: ParameterShape.oneOf(["in_memory", "24h"]), got: value)
        }
        guard text == "in_memory" || text == "24h" else {
            throw APIError(message: "Invalid prompt_cache_retention argument", param: path)
        }
    }

    @Sendable static func checkStop(_ value: JSONValue, _ path: String) throws(APIError) {
        switch value {
        case .string: return
        case .array(let values):
            guard values.count <= 4 else { throw .arrayTooLong(path, maximum: 4, got: values.count) }
            for (index, value) in values.enumerated() where value.string == nil {
                throw .invalidType("\(path)[\(index)]", expected: "a string", got: value)
            }
        default: throw .invalidType(path, expected: "one of a string or array of strings", got: value)
        }
    }

    @Sendable static func checkLogitBias(_ value: JSONValue, _ path: String) throws(APIError) {
        for member in try ParameterShape.object(value, path).members {
            let place = "\(path).\(member.name)"
            guard Int(member.name) != nil else {
                throw APIError(
                    message:
                        "Invalid key in '\(path)': \(member.name). You should only be submitting non-negative integers.",
                    param: path)
            }
            try ParameterShape.decimal(minimum: -100, maximum: 100).check(member.value, at: place)
        }
    }

    @Sendable private static func checkModalities(_ value: JSONValue, _ path: String) throws(APIError) {
        guard let values = value.array else { throw .invalidType(path, expected: "an array of strings", got: value) }
        for (index, value) in values.enumerated() {
            try ParameterShape.choice(["text", "audio"]).check(value, at: "\(path)[\(index)]")
        }
    }
}
