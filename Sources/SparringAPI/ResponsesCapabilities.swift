import SparringJSON

/// What a model refuses although the parameter itself is in order. The API looks at this last.
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

    /// Temperature may be sent at its default; the others may not be sent at all.
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

/// What changed from one generation of models to the next, where the table of models has no column for it.
///
/// Sources: recordings of gpt-4o-mini and gpt-5.4, measurements of gpt-5.6; what lies between is read from the model pages.
struct ResponsesGeneration {
    /// `gpt-5.4-mini` is (5, 4); nil for names without such a number.
    private let version: (major: Int, minor: Int)?

    init(_ model: ModelInfo) {
        let bytes = Array(model.id.utf8)
        guard bytes.starts(with: "gpt-".utf8) else {
            version = nil
            return
        }
        let isDigit: (UInt8) -> Bool = { $0 &- 0x30 < 10 }
        let major = bytes.dropFirst(4).prefix(while: isDigit)
        let rest = bytes[major.endIndex...]
        let minor = rest.first == UInt8(ascii: ".") ? rest.dropFirst().prefix(while: isDigit) : rest.prefix(0)
        version = Self.number(major).map { ($0, Self.number(minor) ?? 0) }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? { Int(String(decoding: digits, as: UTF8.self)) }

    private func isAtLeast(_ major: Int, _ minor: Int) -> Bool { version.map { $0 >= (major, minor) } ?? false }

    /// The default of `top_p`.
    var topP: JSONNumber { JSONNumber(text: isAtLeast(5, 4) ? "0.98" : "1.0") }

    /// Whether messages say which part of the answer they are.
    var hasPhases: Bool { isAtLeast(5, 4) }

    /// The default of `prompt_cache_retention`.
    var retention: String { isAtLeast(5, 6) ? "24h" : "in_memory" }

    var efforts: [String] {
        if isAtLeast(5, 2) { return ["none", "low", "medium", "high", "xhigh"] }
        if isAtLeast(5, 1) { return ["none", "low", "medium", "high"] }
        return isAtLeast(5, 0) ? ["minimal", "low", "medium", "high"] : ["low", "medium", "high"]
    }

    var defaultEffort: String { isAtLeast(5, 1) && !isAtLeast(5, 5) ? "none" : "medium" }
}
