/// Properties of the chat models, by model family.
///
/// Source: measured or recorded errors of each family (docs/measurements/fidelity.md),
/// https://platform.openai.com/docs/models.
struct ChatTraits: Sendable, Hashable {
    let isReasoning: Bool
    /// True for gpt-5.6 and later, which allow fewer choices and fewer log probabilities, and have no audio and no search.
    let isNewest: Bool
    let searches: Bool
    let speaks: Bool
    let callsTools: Bool
    let seesImages: Bool
    let takesJSON: Bool
    let takesSchemas: Bool
    /// True if the model is available only in the Responses API.
    let answersResponsesOnly: Bool
    /// The values of `reasoning_effort`; empty if the parameter is unknown to the model.
    let efforts: [String]
    /// The default effort.
    let standardEffort: String
    let verbosities: [String]
    /// True if function tools need the Responses API while the model reasons.
    let keepsToolsFromReasoning: Bool
    /// The parameters that the model rejects, whatever their values are.
    private let refused: [String]

    /// The traits are made once for each model of the table, so that no request compares names.
    init(id: String, isReasoning: Bool) {
        let family = id.hasPrefix("ft:") ? String(id.dropFirst(3)) : id
        // This does not use `String.contains`, which takes ten microseconds, because each request looks up dated models.
        func has(_ part: String) -> Bool { family.indices.contains { family[$0...].hasPrefix(part) } }
        func isOf(_ prefixes: String...) -> Bool { prefixes.contains { family.hasPrefix($0) } }
        let isOfSeriesO = isOf("o1", "o3", "o4")
        let isChatTuned = family.hasPrefix("gpt-5") && has("-chat")
        let isFirstGPT4 = family == "gpt-4" || isOf("gpt-4-0")
        let isNewest = isOf("gpt-5.6", "gpt-6")
        let searches = has("search")
        let speaks = has("audio")
        self.isReasoning = isReasoning
        (self.isNewest, self.searches, self.speaks) = (isNewest, searches, speaks)
        callsTools = !searches && !isOf("chatgpt-4o")
        seesImages = !isFirstGPT4 && !isOf("gpt-3.5", "o3-mini") && !speaks
        takesJSON = !isFirstGPT4 && !speaks
        takesSchemas = takesJSON && !isOf("gpt-3.5", "gpt-4-turbo", "gpt-4o-2024-05-13", "chatgpt-4o")
        answersResponsesOnly = isReasoning && (has("-pro") || has("-codex"))
        standardEffort = isOf("gpt-5.1", "gpt-5.2", "gpt-5.4") ? "none" : "medium"
        keepsToolsFromReasoning = isNewest || isOf("gpt-5.4")
        verbosities = isOf("gpt-5", "gpt-6") && !isChatTuned ? ["low", "medium", "high"] : ["medium"]
        efforts = Self.efforts(family, isReasoning: isReasoning, isOfSeriesO: isOfSeriesO, isChatTuned: isChatTuned)
        var refused: [String] = []
        if isReasoning { refused += ["max_tokens", "logit_bias"] }
        if isReasoning, !isOf("o1", "o3-mini") || isOf("o1-mini") { refused.append("stop") }
        if isReasoning || isFirstGPT4 || isOf("gpt-3.5", "gpt-4-") || speaks || searches {
            refused.append("prediction")
        }
        if isOfSeriesO { refused.append("parallel_tool_calls") }
        self.refused = refused
    }

    private static func efforts(
        _ family: String, isReasoning: Bool, isOfSeriesO: Bool, isChatTuned: Bool
    ) -> [String] {
        if isChatTuned { return ["medium"] }
        guard isReasoning else { return [] }
        if isOfSeriesO { return ["low", "medium", "high"] }
        if family.hasPrefix("gpt-5.1") { return ["none", "low", "medium", "high"] }
        if family.hasPrefix("gpt-5.") || family.hasPrefix("gpt-6") {
            return ["none", "low", "medium", "high", "xhigh"]
        }
        return ["minimal", "low", "medium", "high"]
    }

    func refuses(_ name: String) -> Bool { refused.contains(name) }

    /// Parameters that the model rejects as `unknown_parameter`.
    var unknown: [String] { isNewest ? ["modalities", "audio", "web_search_options"] : [] }

    /// Parameters that search models reject.
    func isIncompatible(_ name: String) -> Bool {
        guard searches else { return false }
        return ["temperature", "top_p", "presence_penalty", "frequency_penalty", "n"].contains(name)
    }

    func reasons(atEffort effort: String?) -> Bool { isReasoning && (effort ?? standardEffort) != "none" }

    /// True if the model accepts only the default temperature; the newest models do so even without reasoning.
    func fixesTemperature(whileReasoning reasons: Bool) -> Bool { isReasoning && (reasons || isNewest) }

    var maximumChoices: Int { isNewest ? 8 : 128 }
    var maximumTopLogprobs: Int { isNewest ? 5 : 20 }

    /// True if choices have the key `logprobs` even if the request does not ask for it.
    var namesLogprobs: Bool { !isReasoning && !searches && !speaks }
}
