/// The error for a request that exceeds the model's context window, in the words of each endpoint and model family.
///
/// Source: messages quoted in public issue trackers (docs/measurements/fidelity.md).
package enum ContextLength {
    /// - Parameters:
    ///   - tools: tokens of tool definitions, or 0.
    ///   - completion: the requested output tokens; nil if the prompt alone is too long.
    package static func chat(_ model: ModelInfo, messages: Int, tools: Int = 0, completion: Int? = nil) -> APIError {
        let window = model.contextWindow
        let text: String
        if model.isReasoning {
            text =
                "Input tokens exceed the configured limit of \(window) tokens. Your messages resulted in \(messages + tools) "
                + "tokens. Please reduce the length of the messages."
        } else if let completion {
            let functions = tools > 0 ? ", \(tools) in the functions," : ","
            let and = tools > 0 ? "messages, functions, or completion" : "messages or completion"
            text =
                "This model's maximum context length is \(window) tokens. However, you requested "
                + "\(messages + tools + completion) tokens (\(messages) in the messages\(functions) \(tools > 0 ? "and " : "")"
                + "\(completion) in the completion). Please reduce the length of the \(and)."
        } else {
            let split = tools > 0 ? " (\(messages) in the messages, \(tools) in the functions)" : ""
            text =
                "This model's maximum context length is \(window) tokens. However, your messages resulted in "
                + "\(messages + tools) tokens\(split). Please reduce the length of the messages\(tools > 0 ? " or functions" : "")."
        }
        return APIError(message: text, param: "messages", code: "context_length_exceeded")
    }

    /// The output limit is the only limit that a chat request can exceed by itself.
    static func outputTooLarge(_ model: ModelInfo, _ requested: Int, param: String) -> APIError {
        APIError(
            message:
                "\(param) is too large: \(requested). This model supports at most \(model.maximumOutput) completion "
                + "tokens, whereas you provided \(requested).", param: param, code: "invalid_value")
    }

    package static let responses = ResponsesErrors.inputExceedsContextWindow

    /// The error for embeddings and legacy completions.
    package static func prompt(_ window: Int, tokens: Int, completion: Int = 0) -> APIError {
        // A client may ask for the largest 64-bit number, so a signed sum could overflow.
        let requested = tokens.magnitude + completion.magnitude
        return APIError(
            message: "This model's maximum context length is \(window) tokens, however you requested "
                + "\(requested) tokens (\(tokens) in your prompt; \(completion) for the completion). "
                + "Please reduce your prompt; or completion length.")
    }
}
