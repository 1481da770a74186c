import SparringJSON

/// The parameters of `POST /v1/completions`.
///
/// Source: the official OpenAPI document and a recorded error, worded like those of chat completions
/// (docs/measurements/fidelity.md).
enum CompletionsParameters {
    static let table = ParameterTable(
        besides: ["model"],
        [
            Parameter("prompt", .special(checkPrompt)),
            Parameter("suffix", .string()),
            // Recorded: the API checks `max_tokens` before `temperature`.
            Parameter("max_tokens", .integer(minimum: 0)),
            Parameter("n", .integer(minimum: 1, maximum: 128)),
            Parameter("best_of", .integer(minimum: 0, maximum: 20)),
            Parameter("temperature", .decimal(minimum: 0, maximum: 2)),
            Parameter("top_p", .decimal(minimum: 0, maximum: 1)),
            Parameter("presence_penalty", .decimal(minimum: -2, maximum: 2)),
            Parameter("frequency_penalty", .decimal(minimum: -2, maximum: 2)),
            Parameter("logprobs", .integer(minimum: 0, maximum: 5)),
            Parameter("echo", .boolean),
            Parameter("logit_bias", .special(ChatParameters.checkLogitBias)),
            Parameter("stop", .special(ChatParameters.checkStop)),
            Parameter("stream", .boolean),
            Parameter(
                "stream_options",
                .members([Parameter("include_usage", .boolean), Parameter("include_obfuscation", .boolean)])),
            Parameter("seed", .integer()),
            Parameter("user", .string()),
        ])

    /// - Parameter value: a checked prompt; nil if the request has no prompt.
    static func prompts(_ value: JSONValue?) -> [CompletionsRequest.Prompt] {
        switch value {
        case .some(.string(let text)): return [.text(text)]
        case .some(.array(let values)):
            if case .number = values.first { return [.tokens(values.compactMap(\.int))] }
            return values.map { value in
                value.string.map { .text($0) } ?? .tokens((value.array ?? []).compactMap(\.int))
            }
        default: return [.tokens([CompletionsRequest.Prompt.endOfText])]
        }
    }

    /// A prompt is a text, a list of texts, a list of tokens, or a list of lists of tokens.
    @Sendable private static func checkPrompt(_ value: JSONValue, _ path: String) throws(APIError) {
        switch value {
        case .string: return
        case .array(let values):
            guard let first = values.first else { throw .emptyArray(path) }
            if case .number = first { return try checkTokens(values, path) }
            guard values.count <= CompletionsRequest.maximumPrompts else {
                throw .arrayTooLong(path, maximum: CompletionsRequest.maximumPrompts, got: values.count)
            }
            for (index, value) in values.enumerated() {
                let place = "\(path)[\(index)]"
                switch (first, value) {
                case (.string, .string): continue
                case (.array, .array(let tokens)):
                    guard !tokens.isEmpty else { throw .emptyArray(place) }
                    try checkTokens(tokens, place)
                case (.array, _): throw .invalidType(place, expected: "an array of integers", got: value)
                default: throw .invalidType(place, expected: "a string", got: value)
                }
            }
        default:
            throw .invalidType(
                path, expected: "one of a string, array of strings, array of integers, or array of integer arrays",
                got: value)
        }
    }

    private static func checkTokens(_ values: [JSONValue], _ path: String) throws(APIError) {
        for (index, value) in values.enumerated() {
            try ParameterShape.integer(minimum: 0).check(value, at: "\(path)[\(index)]")
        }
    }
}
