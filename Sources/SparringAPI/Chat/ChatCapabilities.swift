import SparringJSON

/// The parameters that a model supports. The API checks some of these rules together with the parameter, and the rest
/// after the shapes of all parameters.
enum ChatCapabilities {
    /// Checks whether the model supports a parameter, before its shape is checked: an unsupported parameter is rejected with any value.
    static func checkSupport(_ name: String, _ value: JSONValue, _ traits: ChatTraits) throws(APIError) {
        if traits.isIncompatible(name) {
            throw APIError(message: "Model incompatible request argument supplied: \(name)")
        }
        if traits.refuses(name) {
            let advice = name == "max_tokens" ? "Use 'max_completion_tokens' instead." : nil
            throw .unsupportedParameter(name, advice: advice)
        }
        guard name == "reasoning_effort" else { return }
        guard !traits.efforts.isEmpty else {
            throw APIError(message: "Unrecognized request argument supplied: reasoning_effort")
        }
        if !traits.efforts.contains(where: { value == .string($0) }) {
            throw .unsupportedValue(name, PythonText.text(of: value), reason: supported(traits.efforts))
        }
    }

    /// Checks the bounds that the model sets, after the shape of the parameter was checked.
    static func checkBounds(_ name: String, _ value: JSONValue, _ traits: ChatTraits) throws(APIError) {
        switch name {
        case "n":
            guard let number = value.number, let count = number.int, count > traits.maximumChoices else { return }
            throw .integerAbove("n", maximum: traits.maximumChoices, got: number)
        case "prompt_cache_retention" where traits.isNewest && value == "in_memory":
            throw APIError(message: "This model is compatible only with 24h extended prompt caching", param: name)
        case "verbosity":
            guard let verbosity = value.string, !traits.verbosities.contains(verbosity) else { return }
            throw .unsupportedValue(name, "'\(verbosity)'", reason: supported(traits.verbosities))
        case "response_format": try checkFormat(value["type"]?.string, traits)
        default: return
        }
    }

    private static func supported(_ values: [String]) -> String {
        "Supported values are: \(APIError.enumeration(values.map { "'\($0)'" }, "and"))."
    }

    private static func checkFormat(_ type: String?, _ traits: ChatTraits) throws(APIError) {
        switch type {
        case "json_schema" where !traits.takesSchemas:
            throw APIError(
                message: "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model. "
                    + "Learn more about supported models at the Structured Outputs guide: "
                    + "https://platform.openai.com/docs/guides/structured-outputs")
        case "json_object" where !traits.takesJSON:
            throw APIError(
                message: "Invalid parameter: 'response_format' of type 'json_object' is not supported with this model.",
                param: "response_format")
        default: return
        }
    }

    // MARK: After the shapes of all parameters

    static func check(_ object: JSONObject, of model: ModelInfo, _ traits: ChatTraits) throws(APIError) {
        func given(_ name: String) -> JSONValue? { object[name]?.unlessNull }
        let reasons = traits.reasons(atEffort: given("reasoning_effort")?.string)
        for (name, maximum) in [("temperature", 2), ("top_p", 1)] {
            guard let value = given(name), let number = value.number else { continue }
            if name == "temperature", number.double != 1, traits.fixesTemperature(whileReasoning: reasons) {
                throw .unsupportedValue(name, number.text, reason: "Only the default (1) value is supported.")
            }
            if name == "top_p", number.double != 1, reasons { throw .unsupportedParameter(name) }
            try ParameterShape.decimal(minimum: 0, maximum: maximum).check(value, at: name)
        }
        if reasons {
            for name in ["presence_penalty", "frequency_penalty"] where (given(name)?.double ?? 0) != 0 {
                throw .unsupportedParameter(name)
            }
            if given("logprobs")?.bool == true { throw .unsupportedParameter("logprobs") }
        }
        try checkCombinations(object, of: model, traits)
        try checkTools(object, of: model, traits, reasons: reasons)
        try checkAudio(object, traits)
        try ChatSchemas.check(object)
        if given("response_format")?["type"] == "json_object" { try checkJSONWord(given("messages")?.array ?? []) }
    }

    private static func checkCombinations(
        _ object: JSONObject, of model: ModelInfo, _ traits: ChatTraits
    ) throws(APIError) {
        func given(_ name: String) -> JSONValue? { object[name]?.unlessNull }
        if let top = given("top_logprobs")?.int {
            guard given("logprobs")?.bool == true else { throw .onlyAllowed("top_logprobs", with: "logprobs") }
            if top > traits.maximumTopLogprobs {
                throw APIError(
                    message:
                        "Invalid value for 'top_logprobs': must be less than or equal to \(traits.maximumTopLogprobs).",
                    param: "top_logprobs")
            }
        }
        if given("stream_options") != nil, given("stream")?.bool != true {
            throw .onlyAllowed("stream_options", with: "stream")
        }
        if given("metadata") != nil, given("store")?.bool != true, !model.isReasoning {
            throw .onlyAllowed("metadata", with: "store")
        }
        if given("web_search_options") != nil, !traits.searches {
            throw APIError(message: "Web search options not supported with this model.", param: "web_search_options")
        }
        if given("max_tokens") != nil, given("max_completion_tokens") != nil {
            throw APIError(
                message: "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
                param: "max_tokens", code: "invalid_parameter_combination")
        }
    }

    private static func checkTools(
        _ object: JSONObject, of model: ModelInfo, _ traits: ChatTraits, reasons: Bool
    ) throws(APIError) {
        func given(_ name: String) -> JSONValue? { object[name]?.unlessNull }
        for (name, list) in [
            ("tool_choice", "tools"), ("parallel_tool_calls", "tools"), ("function_call", "functions"),
        ] where given(name) != nil && given(list) == nil && !model.isReasoning {
            throw APIError(
                message: "Invalid value for '\(name)': '\(name)' is only allowed when '\(list)' are specified.",
                param: name)
        }
        let names = ["tools", "functions", "tool_choice", "function_call"]
        guard names.contains(where: { given($0) != nil }) else { return }
        let tools = ChatTools(object)
        if let missing = tools.undeclaredChoice {
            throw APIError(
                message:
                    "Invalid value for 'function_call': no function named '\(missing)' was specified in the 'functions' "
                    + "parameter.", param: "function_call")
        }
        if given("tools") != nil, !traits.callsTools {
            throw APIError(
                status: 404,
                message: "tools is not supported in this model. For a list of supported models, refer to "
                    + "https://platform.openai.com/docs/guides/function-calling#models-supporting-function-calling.")
        }
        if reasons, traits.keepsToolsFromReasoning, tools.offersFunctions {
            let advice =
                traits.isNewest
                ? "To use function tools, use /v1/responses or set reasoning_effort to 'none'."
                : "Please use /v1/responses instead."
            throw APIError(
                message: "Function tools with reasoning_effort are not supported for \(model.id) in "
                    + "/v1/chat/completions. \(advice)", param: "reasoning_effort")
        }
    }

    /// Audio models reject requests without audio; other models reject requests with audio.
    private static func checkAudio(_ object: JSONObject, _ traits: ChatTraits) throws(APIError) {
        let wantsAudio = object["modalities"]?.array?.contains("audio") ?? false
        let format = object["audio"]?["format"]?.string
        if wantsAudio, !traits.speaks {
            throw .unsupportedValue("modalities", "'audio'", reason: "Supported values are: 'text'.")
        }
        if wantsAudio, object["audio"]?.unlessNull == nil { throw .missing("audio") }
        if object["audio"]?.unlessNull != nil, !wantsAudio {
            throw APIError(
                message: "The 'audio' parameter is only allowed when 'modalities' has 'audio'.", param: "audio")
        }
        if wantsAudio, object["stream"] == true, let format, format != "pcm16" {
            throw APIError(
                message: "Unsupported value: 'audio.format' does not support '\(format)' when stream=true. "
                    + "Supported values are: 'pcm16'.", param: "audio.format", code: "unsupported_value")
        }
        let messages = object["messages"]?.array ?? []
        if traits.speaks, !wantsAudio, !messages.contains(where: ChatMessages.hasAudio) {
            throw APIError(
                message: "This model requires that either input content or output modality contain audio.",
                param: "model", code: "invalid_value")
        }
    }

    private static func checkJSONWord(_ messages: [JSONValue]) throws(APIError) {
        guard !messages.contains(where: { ChatMessages.text(of: $0).lowercased().contains("json") }) else { return }
        throw APIError(
            message:
                "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
            param: "messages")
    }
}

extension APIError {
    /// The error for `stream_options` without `stream`, and for similar parameters.
    static func onlyAllowed(_ name: String, with other: String) -> APIError {
        APIError(message: "The '\(name)' parameter is only allowed when '\(other)' is enabled.", param: name)
    }
}
