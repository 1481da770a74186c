import SparringJSON

/// The parameters of `POST /v1/chat/completions` in the order in which the API looks at them; that of the body plays no role.
///
/// Source: measured against the API in August and September 2026 (docs/fidelity.md).
enum ChatParameters {
    struct Parameter: Sendable {
        let name: String
        let shape: ResponsesShape
        /// Reasoning models refuse it, with this advice where the message gives one.
        var refusedWhileReasoning: String??

        init(_ name: String, _ shape: ResponsesShape, refusedWhileReasoning: String?? = nil) {
            self.name = name
            self.shape = shape
            self.refusedWhileReasoning = refusedWhileReasoning
        }
    }

    static let efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]

    static let inOrder: [Parameter] = [
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
        Parameter("moderation", .requiring([ResponsesParameter("model", .string())])),
        Parameter("safety_identifier", .string(maximum: 64)),
        Parameter(
            "prompt_cache_options",
            .members([ResponsesParameter("mode", .string()), ResponsesParameter("ttl", .string())])),
        Parameter("prompt_cache_key", .string()),
        Parameter("prompt_cache_retention", .special(checkRetention)),
        Parameter("response_format", .special(checkFormat)),
        Parameter("service_tier", .choice(["auto", "default", "flex", "scale", "priority", "fast"])),
        Parameter("max_tokens", .integer(minimum: 1), refusedWhileReasoning: "Use 'max_completion_tokens' instead."),
        Parameter("reasoning_effort", .choice(efforts)),
        Parameter("logit_bias", .special(checkLogitBias), refusedWhileReasoning: .some(.none)),
        Parameter("stop", .special(checkStop), refusedWhileReasoning: .some(.none)),
        Parameter("stream", .boolean),
        Parameter(
            "stream_options",
            .members([
                ResponsesParameter("include_usage", .boolean), ResponsesParameter("include_obfuscation", .boolean),
            ])),
        Parameter("store", .boolean),
        Parameter("metadata", .metadata),
        Parameter(
            "prediction", .requiring([ResponsesParameter("type", .choice(["content"]))]),
            refusedWhileReasoning: .some(.none)),
        Parameter("verbosity", .choice(["low", "medium", "high"])),
        Parameter("modalities", .special(checkModalities)),
        Parameter(
            "audio", .requiring([ResponsesParameter("voice", .special(any)), ResponsesParameter("format", .string())])),
        Parameter("web_search_options", .special(object)),
    ]

    /// Keys that the newest models answer `unknown_parameter` to.
    static let unknownToNewest = ["modalities", "audio", "web_search_options"]

    static let known = ["model"] + inOrder.map(\.name)
    static let knownToNewest = known.filter { !unknownToNewest.contains($0) }

    // MARK: Shapes of their own

    @Sendable private static func any(_ value: JSONValue, _ path: String) throws(APIError) {}

    @Sendable private static func object(_ value: JSONValue, _ path: String) throws(APIError) {
        _ = try ResponsesShape.object(value, path)
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
            let object = try ResponsesShape.object(tool, path)
            guard let type = object["type"] else { throw .missing("\(path).type") }
            try ResponsesShape.choice(["function", "custom"]).check(type, at: "\(path).type")
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
        let object = try ResponsesShape.object(value, path)
        guard let name = object["name"] else { throw .missing("\(path).name") }
        try ResponsesTools.checkName(name, "\(path).name")
        if let description = object["description"], !description.isNull {
            try ResponsesShape.string(maximum: 1024).check(description, at: "\(path).description")
        }
        if let parameters = object["parameters"], !parameters.isNull {
            _ = try ResponsesShape.object(parameters, "\(path).parameters")
        }
        if let strict = object["strict"], !strict.isNull {
            try ResponsesShape.boolean.check(strict, at: "\(path).strict")
        }
    }

    @Sendable private static func checkToolChoice(_ value: JSONValue, _ path: String) throws(APIError) {
        let words = ["none", "auto", "required"]
        switch value {
        case .string: try ResponsesShape.choice(words).check(value, at: path)
        case .object(let object):
            guard let type = object["type"] else { throw .missing("\(path).type") }
            try ResponsesShape.choice(["function", "allowed_tools", "custom"]).check(type, at: "\(path).type")
            guard type.string == "function" else { return }
            guard let function = object["function"] else { throw .missing("\(path).function") }
            guard function["name"] != nil else { throw .missing("\(path).function.name") }
        default:
            // The doubled "one of" is the API's.
            throw .invalidType(path, expected: "one of \(ResponsesShape.oneOf(words)) or object", got: value)
        }
    }

    @Sendable private static func checkFunctionCall(_ value: JSONValue, _ path: String) throws(APIError) {
        guard case .object(let object) = value else {
            return try ResponsesShape.choice(["none", "auto"]).check(value, at: path)
        }
        guard object["name"] != nil else { throw .missing("\(path).name") }
    }

    @Sendable private static func checkFormat(_ value: JSONValue, _ path: String) throws(APIError) {
        let format = try ResponsesShape.object(value, path)
        guard let type = format["type"] else { throw .missing("\(path).type") }
        try ResponsesShape.choice(["json_object", "json_schema", "text"]).check(type, at: "\(path).type")
        guard type.string == "json_schema" else { return }
        guard let schema = format["json_schema"] else { throw .missing("\(path).json_schema") }
        guard let name = schema["name"] else { throw .missing("\(path).json_schema.name") }
        try ResponsesTools.checkName(name, "\(path).json_schema.name")
    }

    @Sendable private static func checkRetention(_ value: JSONValue, _ path: String) throws(APIError) {
        guard let text = value.string else {
            throw .invalidType(path, expected: ResponsesShape.oneOf(["in_memory", "24h"]), got: value)
        }
        guard text == "in_memory" || text == "24h" else {
            throw APIError(message: "Invalid prompt_cache_retention argument", param: path)
        }
    }

    @Sendable private static func checkStop(_ value: JSONValue, _ path: String) throws(APIError) {
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

    @Sendable private static func checkLogitBias(_ value: JSONValue, _ path: String) throws(APIError) {
        for member in try ResponsesShape.object(value, path).members {
            let place = "\(path).\(member.name)"
            guard Int(member.name) != nil else {
                throw APIError(
                    message:
                        "Invalid key in '\(path)': \(member.name). You should only be submitting non-negative integers.",
                    param: path)
            }
            try ResponsesShape.decimal(minimum: -100, maximum: 100).check(member.value, at: place)
        }
    }

    @Sendable private static func checkModalities(_ value: JSONValue, _ path: String) throws(APIError) {
        guard let values = value.array else { throw .invalidType(path, expected: "an array of strings", got: value) }
        for (index, value) in values.enumerated() {
            try ResponsesShape.choice(["text", "audio"]).check(value, at: "\(path)[\(index)]")
        }
    }
}
