import SparringJSON

/// The parameters of `POST /v1/responses` in the order in which the API checks them. Only the first error is reported,
/// so this order matters; the order in the body does not.
///
/// Source: measured against the API in August 2026 (docs/measurements/fidelity.md).
enum ResponsesParameters {
    static let table = ParameterTable(
        besides: ["model", "input", "conversation"],
        [
            Parameter("previous_response_id", .string()),
            Parameter("prompt", .requiring([Parameter("id", .string())])),
            Parameter("access_programs", .members([Parameter("cyber", .choice(programs))])),
            Parameter("moderation", .special(checkModeration)),
            Parameter("include", .special(checkInclude)),
            Parameter("tools", .objects(.special(ResponsesTools.checkTool))),
            Parameter("tool_choice", .special(ResponsesTools.checkChoice)),
            Parameter("metadata", .metadata),
            Parameter(
                "text",
                .members([
                    Parameter("format", .special(checkFormat)),
                    Parameter("verbosity", .choice(["low", "medium", "high"])),
                ])
            ),
            Parameter("temperature", .decimal(minimum: 0, maximum: 2)),
            Parameter("top_p", .decimal(minimum: 0, maximum: 1)),
            Parameter("presence_penalty", .decimal(minimum: -2, maximum: 2)),
            Parameter("frequency_penalty", .decimal(minimum: -2, maximum: 2)),
            Parameter("parallel_tool_calls", .boolean),
            Parameter("stream", .boolean),
            Parameter("stream_options", .members([Parameter("include_obfuscation", .boolean)])),
            Parameter("background", .boolean),
            Parameter(
                "background_options",
                .members([
                    Parameter("completion_window", .choice(["soonest", "2h", "8h"])),
                    Parameter("continuation_id", .string()),
                ])),
            Parameter("max_output_tokens", .integer(minimum: 16)),
            Parameter("max_tool_calls", .integer(minimum: 1)),
            Parameter(
                "reasoning",
                .members([
                    Parameter("effort", .special(checkEffort)),
                    Parameter("summary", .choice(["auto", "concise", "detailed"])),
                    Parameter("generate_summary", .choice(["auto", "concise", "detailed"])),
                    Parameter("context", .choice(["auto", "current_turn", "all_turns"])),
                    Parameter("mode", .string()),
                ])
            ),
            Parameter("user", .string()),
            Parameter("safety_identifier", .string(maximum: 64)),
            Parameter("personality", .string(maximum: 64)),
            Parameter("prompt_cache_options", promptCacheOptions),
            Parameter("prompt_cache_key", .string()),
            Parameter("prompt_cache_retention", .choice(["in_memory", "24h"])),
            Parameter("truncation", .choice(["auto", "disabled"])),
            Parameter("instructions", .string()),
            Parameter("store", .boolean),
            Parameter("service_tier", .choice(["auto", "default", "flex", "scale", "priority", "fast", "ultrafast"])),
            Parameter("top_logprobs", .integer(minimum: 0, maximum: 20)),
            Parameter("context_management", .special(checkContextManagement)),
            Parameter("image", imageOptions),
            // The API accepts `multi_agent` only in its beta (`?beta=true`). The place of this parameter in the order is not known.
            Parameter("multi_agent", .requiring([Parameter("enabled", .boolean)])),
        ])

    private static let programs = ["standard", "daybreak_blue", "daybreak_red"]

    static let promptCacheOptions = ParameterShape.members([
        Parameter("mode", .choice(["implicit", "explicit"])), Parameter("ttl", .choice(["30m", "12h"])),
        Parameter("prewarm", .boolean), Parameter("comparison_response_id", .string()),
    ])

    private static let imageOptions = ParameterShape.members([
        Parameter("context_compression", .choice(["auto", "enabled", "disabled"]))
    ])

    static let includes = [
        "file_search_call.results", "web_search_call.results", "web_search_call.action.sources",
        "message.input_image.image_url", "computer_call_output.output.image_url", "code_interpreter_call.outputs",
        "reasoning.encrypted_content", "message.output_text.logprobs",
    ]

    static let efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]

    /// Parameters of chat completions that belong elsewhere in the Responses API.
    static let moved: [(name: String, to: String)] = [
        ("messages", "input"), ("response_format", "text.format"), ("reasoning_effort", "reasoning.effort"),
        ("max_completion_tokens", "max_output_tokens"),
    ]

    static func movedParameter(_ name: String, to place: String) -> APIError {
        APIError(
            message: "Unsupported parameter: '\(name)'. In the Responses API, this parameter has moved to '\(place)'. "
                + "Try again with the new parameter. See the API documentation for more information: "
                + "https://platform.openai.com/docs/api-reference/responses/create.",
            // This is measured for `messages`, whose error has no `param`. Reported errors about the other parameters name them in `param`.
            param: name == "messages" ? nil : name,
            code: "unsupported_parameter"
        )
    }

    @Sendable private static func checkInclude(_ value: JSONValue, _ path: String) throws(APIError) {
        guard let values = value.array else {
            // Long names are abbreviated in errors about types, but not in those about values.
            let names = includes.map { "\($0.prefix(3))...\($0.suffix(3))" }
            throw .invalidType(path, expected: "an array of \(ParameterShape.oneOf(names))", got: value)
        }
        for (index, value) in values.enumerated() {
            try ParameterShape.choice(includes).check(value, at: "\(path)[\(index)]")
        }
    }

    @Sendable private static func checkModeration(_ value: JSONValue, _ path: String) throws(APIError) {
        try ParameterShape.requiring([Parameter("model", .string())]).check(value, at: path)
        if let policy = value["policy"], !policy.isNull { _ = try ParameterShape.object(policy, "\(path).policy") }
    }

    @Sendable private static func checkContextManagement(_ value: JSONValue, _ path: String) throws(APIError) {
        let entry = ParameterShape.requiring([Parameter("type", .choice(["compaction"]))])
        try ParameterShape.objects(entry).check(value, at: path)
        if value.array?.isEmpty ?? false { throw .emptyArray(path) }
        for (index, entry) in (value.array ?? []).enumerated() {
            guard let threshold = entry["compact_threshold"], !threshold.isNull else { continue }
            try ParameterShape.integer(minimum: 1000).check(threshold, at: "\(path)[\(index)].compact_threshold")
        }
    }

    @Sendable private static func checkEffort(_ value: JSONValue, _ path: String) throws(APIError) {
        switch value {
        case .string: try ParameterShape.choice(efforts).check(value, at: path)
        case .number(let number) where number.isInteger:
            let narrow = ParameterShape.oneOf(["minimal", "low", "medium", "high"])
            throw .invalidType(path, expected: narrow, got: value)
        default:
            throw .invalidType(path, expected: "one of \(ParameterShape.oneOf(efforts)) or integer", got: value)
        }
    }

    @Sendable private static func checkFormat(_ value: JSONValue, _ path: String) throws(APIError) {
        let format = try ParameterShape.object(value, path)
        guard let type = format["type"] else { throw .missing("\(path).type") }
        try ParameterShape.choice(["json_object", "text", "json_schema"]).check(type, at: "\(path).type")
        guard type.string == "json_schema" else { return }
        guard let name = format["name"], !name.isNull else { throw .missing("\(path).name") }
        try ResponsesTools.checkName(name, "\(path).name")
        guard let schema = format["schema"], !schema.isNull else { throw .missing("\(path).schema") }
        _ = try ParameterShape.object(schema, "\(path).schema")
        if let strict = format["strict"], !strict.isNull {
            try ParameterShape.boolean.check(strict, at: "\(path).strict")
        }
        guard format["strict"] == true, let complaint = StrictSchema.complaint(schema, isStrict: true) else { return }
        throw APIError(
            message: "Invalid schema for response_format '\(name.string ?? "")': \(complaint)", param: "\(path).schema",
            code: "invalid_json_schema")
    }
}
