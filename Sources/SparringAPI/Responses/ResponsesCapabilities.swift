import SparringJSON

/// Checks valid parameters against the model's capabilities. The API checks these last.
enum ResponsesCapabilities {
    static func check(_ object: JSONObject, of model: ModelInfo) throws(APIError) {
        if model.isReasoning {
            try checkSampling(object)
        }
        if let limit = object["max_output_tokens"]?.number, let value = limit.int, value > model.maximumOutput {
            throw .integerAbove("max_output_tokens", maximum: model.maximumOutput, got: limit)
        }
        let generation = ResponsesGeneration(model)
        if object["prompt_cache_retention"] == "in_memory", generation.retention == "24h" {
            throw APIError(
                message: "This model is compatible only with 24h extended prompt caching",
                param: "prompt_cache_retention",
                code: "invalid_parameter"
            )
        }
        if let effort = object["reasoning"]?["effort"]?.string {
            guard model.isReasoning else { throw .unsupportedParameter("reasoning.effort") }
            guard generation.efforts.contains(effort) else {
                let supported = APIError.enumeration(generation.efforts.map { "'\($0)'" }, "and")
                throw APIError(
                    message: "Unsupported value: '\(effort)' is not supported with the '\(model.id)' model. "
                        + "Supported values are: \(supported).",
                    param: "reasoning.effort",
                    code: "unsupported_value"
                )
            }
        }
        guard model.isReasoning else { return }
        if object["include"]?.array?.contains("message.output_text.logprobs") ?? false { throw noLogprobs("include") }
        if let count = object["top_logprobs"], !count.isNull, count.int != 0 { throw noLogprobs("top_logprobs") }
    }

    /// Temperature is allowed at its default; the others are not allowed at all.
    private static func checkSampling(_ object: JSONObject) throws(APIError) {
        if let temperature = object["temperature"]?.double, temperature != 1 {
            throw .unsupportedParameter("temperature", code: nil)
        }
        for name in ["top_p", "presence_penalty", "frequency_penalty"] {
            if let value = object[name], !value.isNull { throw .unsupportedParameter(name, code: nil) }
        }
    }

    private static func noLogprobs(_ param: String) -> APIError {
        APIError(
            message: "logprobs are not supported with reasoning models.",
            param: param,
            code: "unsupported_parameter"
        )
    }
}
