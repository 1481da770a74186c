import SparringJSON

/// What sets the models of chat completions apart, by the family that a name belongs to.
///
/// Source: measured or recorded refusals of each family (docs/fidelity.md), https://platform.openai.com/docs/models.
struct ChatTraits: Sendable {
    private let family: String
    let isReasoning: Bool

    init(_ model: ModelInfo) {
        family = model.id.hasPrefix("ft:") ? String(model.id.dropFirst(3)) : model.id
        isReasoning = model.isReasoning
    }

    private func isOf(_ prefixes: String...) -> Bool { prefixes.contains { family.hasPrefix($0) } }

    // MARK: Families

    /// gpt-5.6 and later: fewer choices, fewer log probabilities, no audio, no search.
    var isNewest: Bool { isOf("gpt-5.6", "gpt-6") }
    var searches: Bool { family.contains("search") }
    var speaks: Bool { family.contains("audio") }
    /// Served by the Responses API alone.
    var answersResponsesOnly: Bool { isReasoning && (family.contains("-pro") || family.contains("-codex")) }
    private var isOfSeriesO: Bool { isOf("o1", "o3", "o4") }

    // MARK: Reasoning

    /// What `reasoning_effort` may be; empty where the model has never heard of it.
    var efforts: [String] {
        if family.hasPrefix("gpt-5"), family.contains("-chat") { return ["medium"] }
        guard isReasoning else { return [] }
        if isOfSeriesO { return ["low", "medium", "high"] }
        if isOf("gpt-5.1") { return ["none", "low", "medium", "high"] }
        if isOf("gpt-5.") || isNewest { return ["none", "low", "medium", "high", "xhigh"] }
        return ["minimal", "low", "medium", "high"]
    }

    /// Where the caller asks for none.
    var standardEffort: String { isOf("gpt-5.1", "gpt-5.2", "gpt-5.4") ? "none" : "medium" }

    func reasons(atEffort effort: String?) -> Bool { isReasoning && (effort ?? standardEffort) != "none" }

    /// The newest refuse another temperature even while they do not reason.
    func fixesTemperature(whileReasoning reasons: Bool) -> Bool { isReasoning && (reasons || isNewest) }

    /// Whether function tools have to go to the Responses API while the model reasons.
    var keepsToolsFromReasoning: Bool { isNewest || isOf("gpt-5.4") }

    // MARK: Parameters

    /// Keys that the model answers `unknown_parameter` to.
    var unknown: [String] { isNewest ? ["modalities", "audio", "web_search_options"] : [] }

    /// Parameters that the model does not support, whatever they say.
    func refuses(_ name: String) -> Bool {
        switch name {
        case "max_tokens", "logit_bias": isReasoning
        case "stop": isReasoning && !isOf("o1", "o3-mini")
        case "prediction": isReasoning || isOf("gpt-3.5", "gpt-4-") || family == "gpt-4" || speaks || searches
        case "parallel_tool_calls": isOfSeriesO
        default: false
        }
    }

    var callsTools: Bool { !searches && !isOf("chatgpt-4o") }

    /// Parameters that search models do not go together with.
    func isIncompatible(_ name: String) -> Bool {
        searches && ["temperature", "top_p", "presence_penalty", "frequency_penalty", "n"].contains(name)
    }

    var verbosities: [String] {
        isOf("gpt-5", "gpt-6") && !family.contains("-chat") ? ["low", "medium", "high"] : ["medium"]
    }
    var takesSchemas: Bool { takesJSON && !isOf("gpt-3.5", "gpt-4-turbo", "gpt-4o-2024-05-13", "chatgpt-4o") }
    var takesJSON: Bool { family != "gpt-4" && !isOf("gpt-4-0") && !speaks }
    var seesImages: Bool { family != "gpt-4" && !isOf("gpt-4-0", "gpt-3.5", "o3-mini") && !speaks }
    var maximumChoices: Int { isNewest ? 8 : 128 }
    var maximumTopLogprobs: Int { isNewest ? 5 : 20 }

    // MARK: Answers

    /// Whether choices have the key `logprobs` though nobody asked for them.
    var namesLogprobs: Bool { !isReasoning && !searches && !speaks }
}
