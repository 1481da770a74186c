import SparringJSON

/// Checks valid parameters against the model's capabilities. The API checks these capabilities last.
enum ResponsesCapabilities {
    static func check(_ object: JSONObject, of model: ModelInfo) throws(APIError) {
        let generation = ResponsesGeneration(model)
        let effort = object["reasoning"]?["effort"]?.string
        let reasons = model.isReasoning && (effort ?? generation.defaultEffort) != "none"
        if model.isReasoning { try checkSampling(object, reasons: reasons, isNewest: generation.fixesTemperature) }
        if let limit = object["max_output_tokens"]?.number, let value = limit.int, value > model.maximumOutput {
            throw .integerAbove("max_output_tokens", maximum: model.maximumOutput, got: limit)
        }
        if object["prompt_cache_retention"] == "in_memory", generation.keepsLong {
            throw APIError(
                message: "This model is compatible only with 24h extended prompt caching",
                param: "prompt_cache_retention",
                code: "invalid_parameter"
            )
        }
        if let effort {
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
        guard reasons else { return }
        if object["include"]?.array?.contains("message.output_text.logprobs") ?? false { throw noLogprobs("include") }
        if let count = object["top_logprobs"], !count.isNull, count.int != 0 { throw noLogprobs("top_logprobs") }
    }

    /// While the model reasons, `temperature` must have its default, and the other sampling parameters are rejected.
    private static func checkSampling(_ object: JSONObject, reasons: Bool, isNewest: Bool) throws(APIError) {
        if let temperature = object["temperature"]?.double, temperature != 1, reasons || isNewest {
            throw .unsupportedParameter("temperature", code: nil)
        }
        guard reasons else { return }
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
