import SparringJSON

/// The parameters of `POST /v1/chat/completions`.
///
/// Source: measured against the API in August and September 2026 (docs/fidelity.md).
enum ChatParameters {
    static let efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]

    static let table = ParameterTable(
        besides: ["model"],
        [
            Parameter("messages", .special(ChatMessages.check)),
            Parameter("functions", .special(checkFunctions)),
            Parameter("function_call", .special(checkFunctionCall)),
            Parameter("tools", .special(checkTools)),
            Parameter("tool_choice", .special(checkToolChoice)),
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
            Parameter(
                "prompt_cache_options",
                .members([Parameter("mode", .string()), Parameter("ttl", .string())])),
            Parameter("prompt_cache_key", .string()),
            Parameter("prompt_cache_retention", .special(checkRetention)),
            Parameter("response_format", .special(checkFormat)),
            Parameter("service_tier", .choice(["auto", "default", "flex", "scale", "priority", "fast"])),
            Parameter("max_tokens", .integer(minimum: 1)),
            Parameter("reasoning_effort", .choice(efforts)),
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
                "prediction", .requiring([Parameter("type", .choice(["content"]))])),
            Parameter("verbosity", .choice(["low", "medium", "high"])),
            Parameter("modalities", .special(checkModalities)),
            Parameter(
                "audio", .requiring([Parameter("voice", .special(any)), Parameter("format", .string())])),
            Parameter("web_search_options", .special(object)),
        ])

    /// Reasoning models do not support these.
    static let refusedWhileReasoning = ["max_tokens", "logit_bias", "stop", "prediction"]

    /// Keys that the newest models answer `unknown_parameter` to.
    static let unknownToNewest = ["modalities", "audio", "web_search_options"]

    // MARK: Shapes of their own

    @Sendable private static func any(_ value: JSONValue, _ path: String) throws(APIError) {}

    @Sendable private static func object(_ value: JSONValue, _ path: String) throws(APIError) {
        _ = try ParameterShape.object(value, path)
    }

    /// Bounds come later, with the model's capabilities.
    @Sendable private static func decimalType(_ value: JSONValue, _ path: String) throws(APIError) {
        guard value.number != nil else { throw .invalidType(path, expected: "a decimal", got: value) }
    }

    @Sendable private static func checkTools(_ value: JSONValue, _ path: String) throws(APIError) {
        guard let tools = value.array else { throw .invalidType(path, expected: "an array of objects", got: value) }
        guard !tools.isEmpty else { throw .emptyArray(path) }
        guard tools.count <= 128 else { throw .arrayTooLong(path, maximum: 128, got: tools.count) }
        for (index, tool) in tools.enumerated() {
            let path = "\(path)[\(index)]"
            let object = try ParameterShape.object(tool, path)
            guard let type = object["type"] else { throw .missing("\(path).type") }
            try ParameterShape.choice(["function", "custom"]).check(type, at: "\(path).type")
            let kind = type.string ?? ""
            guard let definition = object[kind] else { throw .missing("\(path).\(kind)") }
            try checkDefinition(definition, "\(path).\(kind)")
        }
    }

    @Sendable private static func checkFunctions(_ value: JSONValue, _ path: String) throws(APIError) {
        guard let functions = value.array else {
            throw .invalidType(path, expected: "an array of function definitions", got: value)
        }
        guard !functions.isEmpty else { throw .emptyArray(path) }
        guard functions.count <= 128 else { throw .arrayTooLong(path, maximum: 128, got: functions.count) }
        for (index, function) in functions.enumerated() { try checkDefinition(function, "\(path)[\(index)]") }
    }

    private static func checkDefinition(_ value: JSONValue, _ path: String) throws(APIError) {
        let object = try ParameterShape.object(value, path)
        guard let name = object["name"] else { throw .missing("\(path).name") }
        try ResponsesTools.checkName(name, "\(path).name")
        if let description = object["description"], !description.isNull {
            try ParameterShape.string(maximum: 1024).check(description, at: "\(path).description")
        }
        if let parameters = object["parameters"], !parameters.isNull {
            _ = try ParameterShape.object(parameters, "\(path).parameters")
        }
        if let strict = object["strict"], !strict.isNull {
            try ParameterShape.boolean.check(strict, at: "\(path).strict")
        }
    }

    @Sendable private static func checkToolChoice(_ value: JSONValue, _ path: String) throws(APIError) {
        let words = ["none", "auto", "required"]
        switch value {
        case .string: try ParameterShape.choice(words).check(value, at: path)
        case .object(let object):
            guard let type = object["type"] else { throw .missing("\(path).type") }
            try ParameterShape.choice(["function", "allowed_tools", "custom"]).check(type, at: "\(path).type")
            guard type.string == "function" else { return }
            guard let function = object["function"] else { throw .missing("\(path).function") }
            guard function["name"] != nil else { throw .missing("\(path).function.name") }
        default:
            // The doubled "one of" is the API's.
            throw .invalidType(path, expected: "one of \(ParameterShape.oneOf(words)) or object", got: value)
        }
    }

    @Sendable private static func checkFunctionCall(_ value: JSONValue, _ path: String) throws(APIError) {
        guard case .object(let object) = value else {
            return try ParameterShape.choice(["none", "auto"]).check(value, at: path)
        }
        guard object["name"] != nil else { throw .missing("\(path).name") }
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
