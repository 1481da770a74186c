import SparringJSON

/// The parameters of `POST /v1/responses` in the order in which the API looks at them. Only the first fault is reported, so the
/// order is part of the contract; that of the body plays no role.
///
/// Source: measured against the API in August 2026 (docs/fidelity.md).
enum ResponsesParameters {
    static let inOrder: [ResponsesParameter] = [
        ResponsesParameter("previous_response_id", .string()),
        ResponsesParameter("prompt", .requiring([ResponsesParameter("id", .string())])),
        ResponsesParameter("moderation", .requiring([ResponsesParameter("model", .string())])),
        ResponsesParameter("include", .special(checkInclude)),
        ResponsesParameter("tools", .objects(.special(ResponsesTools.checkTool))),
        ResponsesParameter("tool_choice", .special(ResponsesTools.checkChoice)),
        ResponsesParameter("metadata", .metadata),
        ResponsesParameter(
            "text",
            .members([
                ResponsesParameter("format", .special(checkFormat)),
                ResponsesParameter("verbosity", .choice(["low", "medium", "high"])),
            ])
        ),
        ResponsesParameter("temperature", .decimal(minimum: 0, maximum: 2)),
        ResponsesParameter("top_p", .decimal(minimum: 0, maximum: 1)),
        ResponsesParameter("presence_penalty", .decimal(minimum: -2, maximum: 2)),
        ResponsesParameter("frequency_penalty", .decimal(minimum: -2, maximum: 2)),
        ResponsesParameter("parallel_tool_calls", .boolean),
        ResponsesParameter("stream", .boolean),
        ResponsesParameter("stream_options", .members([ResponsesParameter("include_obfuscation", .boolean)])),
        ResponsesParameter("background", .boolean),
        ResponsesParameter("max_output_tokens", .integer(minimum: 16)),
        ResponsesParameter("max_tool_calls", .integer(minimum: 1)),
        ResponsesParameter(
            "reasoning",
            .members([
                ResponsesParameter("effort", .special(checkEffort)),
                ResponsesParameter("summary", .choice(["auto", "concise", "detailed"])),
                ResponsesParameter("generate_summary", .choice(["auto", "concise", "detailed"])),
                ResponsesParameter("context", .string()),
                ResponsesParameter("mode", .string()),
            ])
        ),
        ResponsesParameter("user", .string()),
        ResponsesParameter("safety_identifier", .string(maximum: 64)),
        ResponsesParameter("prompt_cache_options", .requiring([])),
        ResponsesParameter("prompt_cache_key", .string()),
        ResponsesParameter("prompt_cache_retention", .choice(["in_memory", "24h"])),
        ResponsesParameter("truncation", .choice(["auto", "disabled"])),
        ResponsesParameter("instructions", .string()),
        ResponsesParameter("store", .boolean),
        ResponsesParameter("service_tier", .choice(["auto", "default", "flex", "scale", "priority", "fast"])),
        ResponsesParameter("top_logprobs", .integer(minimum: 0, maximum: 20)),
        ResponsesParameter("context_management", .objects(.requiring([ResponsesParameter("type", .string())]))),
    ]

    static let known: [String] = ["model", "input", "conversation"] + inOrder.map(\.name)

    static let includes = [
        "file_search_call.results", "web_search_call.results", "web_search_call.action.sources",
        "message.input_image.image_url", "computer_call_output.output.image_url", "code_interpreter_call.outputs",
        "reasoning.encrypted_content", "message.output_text.logprobs",
    ]

    static let efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]

    /// Parameters of chat completions that a body sent to the wrong endpoint brings along, and where they went.
    static let moved: [(name: String, to: String)] = [
        ("messages", "input"), ("response_format", "text.format"), ("reasoning_effort", "reasoning.effort"),
        ("max_completion_tokens", "max_output_tokens"),
    ]

    static func movedParameter(_ name: String, to place: String) -> APIError {
        APIError(
            message: "Unsupported parameter: '\(name)'. In the Responses API, this parameter has moved to '\(place)'. "
                + "Try again with the new parameter. See the API documentation for more information: "
                + "https://platform.openai.com/docs/api-reference/responses/create.",
            // Measured for `messages`, which has none; the others were reported with their name.
            param: name == "messages" ? nil : name,
            code: "unsupported_parameter"
        )
    }

    @Sendable private static func checkInclude(_ value: JSONValue, _ path: String) throws(APIError) {
        guard let values = value.array else {
            // Long names are abbreviated in complaints about a type, not in those about a value.
            let names = includes.map { "\($0.prefix(3))...\($0.suffix(3))" }
            throw .invalidType(path, expected: "an array of \(ResponsesShape.oneOf(names))", got: value)
        }
        for (index, value) in values.enumerated() {
            try ResponsesShape.choice(includes).check(value, at: "\(path)[\(index)]")
        }
    }

    @Sendable private static func checkEffort(_ value: JSONValue, _ path: String) throws(APIError) {
        switch value {
        case .string: try ResponsesShape.choice(efforts).check(value, at: path)
        case .number(let number) where number.isInteger:
            let narrow = ResponsesShape.oneOf(["minimal", "low", "medium", "high"])
            throw .invalidType(path, expected: narrow, got: value)
        default:
            throw .invalidType(path, expected: "one of \(ResponsesShape.oneOf(efforts)) or integer", got: value)
        }
    }

    @Sendable private static func checkFormat(_ value: JSONValue, _ path: String) throws(APIError) {
        let format = try ResponsesShape.object(value, path)
        guard let type = format["type"] else { throw .missing("\(path).type") }
        try ResponsesShape.choice(["json_object", "text", "json_schema"]).check(type, at: "\(path).type")
        guard type.string == "json_schema" else { return }
        guard let name = format["name"], !name.isNull else { throw .missing("\(path).name") }
        try ResponsesTools.checkName(name, "\(path).name")
        guard let schema = format["schema"], !schema.isNull else { throw .missing("\(path).schema") }
        _ = try ResponsesShape.object(schema, "\(path).schema")
        if let strict = format["strict"], !strict.isNull {
            try ResponsesShape.boolean.check(strict, at: "\(path).strict")
        }
    }
}
