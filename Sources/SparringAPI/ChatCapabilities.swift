import SparringJSON

/// What a model can and cannot do with parameters that are well-formed: the API looks at these after the shapes.
enum ChatCapabilities {
    static func check(_ object: JSONObject, of model: ModelInfo) throws(APIError) {
        func given(_ name: String) -> JSONValue? { object[name]?.unlessNull }
        let isReasoning = model.isReasoning && given("reasoning_effort")?.string != "none"
        for (name, maximum) in [("temperature", 2), ("top_p", 1)] {
            guard let value = given(name), let number = value.number else { continue }
            if model.isReasoning, number.double != 1, name == "temperature" || isReasoning {
                if name == "top_p" { throw .unsupportedParameter(name) }
                throw .unsupportedValue(name, number.text, reason: "Only the default (1) value is supported.")
            }
            try ParameterShape.decimal(minimum: 0, maximum: maximum).check(value, at: name)
        }
        if isReasoning {
            for name in ["presence_penalty", "frequency_penalty"] where (given(name)?.double ?? 0) != 0 {
                throw .unsupportedParameter(name)
            }
            if given("logprobs")?.bool == true { throw .unsupportedParameter("logprobs") }
        }
        try checkCombinations(object, of: model)
    }

    private static func checkCombinations(_ object: JSONObject, of model: ModelInfo) throws(APIError) {
        func given(_ name: String) -> JSONValue? { object[name]?.unlessNull }
        let isNewest = model.id.hasPrefix("gpt-5.6") || model.id.hasPrefix("gpt-6")
        if let top = given("top_logprobs")?.int {
            guard given("logprobs")?.bool == true else {
                throw APIError(
                    message: "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.",
                    param: "top_logprobs")
            }
            let most = isNewest ? 5 : 20
            if top > most {
                throw APIError(
                    message: "Invalid value for 'top_logprobs': must be less than or equal to \(most).",
                    param: "top_logprobs")
            }
        }
        if isNewest, let n = given("n")?.number, let count = n.int, count > 8 {
            throw .integerAbove("n", maximum: 8, got: n)
        }
        if given("stream_options") != nil, given("stream")?.bool != true {
            throw APIError(
                message: "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
                param: "stream_options")
        }
        if given("metadata") != nil, given("store")?.bool != true, !model.isReasoning {
            throw APIError(
                message: "The 'metadata' parameter is only allowed when 'store' is enabled.", param: "metadata")
        }
        if given("web_search_options") != nil, !model.id.contains("search") {
            throw APIError(message: "Web search options not supported with this model.", param: "web_search_options")
        }
        try checkToolParameters(object, of: model)
        if given("response_format")?["type"] == "json_object" { try checkJSONWord(given("messages")?.array ?? []) }
    }

    private static func checkToolParameters(_ object: JSONObject, of model: ModelInfo) throws(APIError) {
        func given(_ name: String) -> JSONValue? { object[name]?.unlessNull }
        for name in ["tool_choice", "parallel_tool_calls"]
        where given(name) != nil && given("tools") == nil && !model.isReasoning {
            throw APIError(
                message: "Invalid value for '\(name)': '\(name)' is only allowed when 'tools' are specified.",
                param: name)
        }
        let names = (given("tools")?.array ?? []).compactMap { ($0["function"] ?? $0["custom"])?["name"]?.string }
        if let wanted = given("tool_choice")?["function"]?["name"]?.string, !names.contains(wanted) {
            throw APIError(
                message:
                    "Invalid value for 'function_call': no function named '\(wanted)' was specified in the 'functions' "
                    + "parameter.", param: "function_call")
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
