package import SparringJSON

/// A checked `POST /v1/chat/completions`, with everything that its answer depends on. This is an immutable class, because each copy of a
/// structure with so many fields would change fifty reference counts.
///
/// Source: https://platform.openai.com/docs/api-reference/chat/create and measured behaviour (docs/measurements/fidelity.md).
package final class ChatRequest: Sendable {
    package let model: ModelInfo
    package let digest: CallDigest
    /// `usage.prompt_tokens`.
    package let promptTokens: Int
    /// The prompt tokens of the tools.
    private let toolTokens: Int
    /// The tokens that the rate limit charges before the answer exists.
    package let estimatedTokens: Int
    /// Number of answers.
    let choices: Int
    let stops: [String]
    /// The maximum number of tokens of each answer.
    let outputLimit: Int
    let includesUsage: Bool
    let includesObfuscation: Bool
    package let tools: ChatTools
    let format: ResponsesRequest.Format
    /// Number of alternatives for each token; nil if log probabilities are not requested.
    let topLogprobs: Int?
    let serviceTier: String
    let fingerprintSeed: Int
    /// The requested audio format; nil without audio.
    let audioFormat: String?
    /// The prompt tokens that are audio.
    let audioTokens: Int
    /// The text of `prediction`.
    let predicted: String?
    let wantsModeration: Bool
    package let cacheable: CacheablePrompt?
    var traits: ChatTraits { model.traits }
    /// The body of the request if the answer is to be stored; otherwise nil.
    let stored: JSONObject?
    /// The body of the last answer.
    let prepared = PreparedBody()

    package static func check(_ body: JSONValue, models: ModelTable) throws(APIError) -> ChatRequest {
        guard let object = body.object else { throw .unparsable }
        let info = try route(object, models)
        guard let messages = object["messages"]?.unlessNull else { throw .missing("messages") }
        let traits = info.traits
        try ChatParameters.table.checkNames(of: object, refused: traits.unknown)
        for (parameter, value) in ChatParameters.table.given(in: object) {
            try ChatCapabilities.checkSupport(parameter.name, value, traits)
            try parameter.shape.check(value, at: parameter.name)
            try ChatCapabilities.checkBounds(parameter.name, value, traits)
        }
        try ChatCapabilities.check(object, of: info, traits)
        try ChatMessages.checkContent(messages.array ?? [])
        try ChatMessages.checkRoles(messages.array ?? [], traits)
        try ChatMessages.checkToolOrder(messages.array ?? [])
        let request = ChatRequest(object, info, messages.array ?? [])
        try request.checkLength(object)
        return request
    }

    /// Looks up the model, which the API does before all other checks.
    private static func route(_ object: JSONObject, _ models: ModelTable) throws(APIError) -> ModelInfo {
        switch object["model"] {
        case nil, .some(.null), .some(.string("")):
            throw APIError(message: "you must provide a model parameter", about: "model")
        case .some(.string(let id)):
            guard let info = models[id] else { throw .modelNotFound(id) }
            guard info.kind == .chat, !info.traits.answersResponsesOnly else { throw .noChatModel(info) }
            return info
        case .some: throw .unparsable
        }
    }

    private func checkLength(_ object: JSONObject) throws(APIError) {
        let messages = promptTokens - toolTokens
        for name in ["max_completion_tokens", "max_tokens"] {
            guard let wanted = object[name]?.int else { continue }
            if wanted > model.maximumOutput { throw ContextLength.outputTooLarge(model, wanted, param: name) }
            if promptTokens + wanted > model.contextWindow, !model.isReasoning {
                throw ContextLength.chat(model, messages: messages, tools: toolTokens, completion: wanted)
            }
        }
        guard promptTokens <= model.contextWindow else {
            throw ContextLength.chat(model, messages: messages, tools: toolTokens)
        }
    }

    // MARK: Reading

    private init(_ object: JSONObject, _ info: ModelInfo, _ messages: [JSONValue]) {
        func given(_ name: String) -> JSONValue? { object[name]?.unlessNull }
        model = info
        tools = ChatTools(object)
        digest = ChatMessages.digest(
            messages, tools: tools.offered.map(\.name), isStream: given("stream")?.bool ?? false)
        toolTokens = Self.toolTokens(of: object, choice: tools.choice, messages: messages, model: info)
        choices = given("n")?.int ?? 1
        let limit = given("max_completion_tokens")?.int ?? given("max_tokens")?.int
        outputLimit = limit ?? info.maximumOutput
        let characters = messages.reduce(0) { $0 + ChatMessages.text(of: $1).utf8.count }
        estimatedTokens = (characters + 3) / 4 + 2 + min(limit ?? 0, info.maximumOutput)
        stops = given("stop")?.string.map { [$0] } ?? given("stop")?.array?.compactMap(\.string) ?? []
        includesUsage = given("stream_options")?["include_usage"]?.bool ?? false
        includesObfuscation = given("stream_options")?["include_obfuscation"]?.bool ?? true
        switch given("response_format")?["type"]?.string {
        case "json_object": format = .jsonObject
        case "json_schema": format = .jsonSchema(given("response_format")?["json_schema"]?["schema"] ?? [:])
        default: format = .text
        }
        let formatTokens =
            if case .jsonSchema = format {
                FormatDeclaration.tokens(
                    object["response_format"]?["json_schema"], info, isChat: true,
                    isBesideTools: object["tools"]?.array?.isEmpty == false)
            } else {
                0
            }
        topLogprobs = given("logprobs")?.bool == true ? given("top_logprobs")?.int ?? 0 : nil
        switch given("service_tier")?.string {
        case "flex": serviceTier = "flex"
        case "priority", "fast": serviceTier = "priority"
        default: serviceTier = "default"
        }
        fingerprintSeed = given("seed")?.int ?? 0
        let speaks = given("modalities")?.array?.contains("audio") ?? false
        audioFormat = speaks ? given("audio")?["format"]?.string : nil
        audioTokens = messages.reduce(0) { $0 + ChatContent.audioTokens($1) }
        promptTokens = ChatMessages.tokens(messages, info) + toolTokens + formatTokens + audioTokens
        cacheable = CacheablePrompt(
            [given("tools"), given("functions")].compactMap(\.self) + messages, of: object, model: info,
            tokens: promptTokens)
        predicted = given("prediction").map { ChatMessages.text(of: $0) }
        wantsModeration = given("moderation") != nil
        stored = given("store") == true ? object : nil
    }

    private static func toolTokens(
        of object: JSONObject, choice: ResponsesTools.Choice, messages: [JSONValue], model: ModelInfo
    ) -> Int {
        let tools = (object["tools"]?.array ?? []).compactMap { $0["function"] ?? $0["custom"] }
        let definitions = tools + (object["functions"]?.array ?? [])
        guard !definitions.isEmpty else { return 0 }
        var declarations = ToolDeclarations()
        for definition in definitions {
            declarations.add(
                name: definition["name"]?.string ?? "", description: definition["description"]?.string,
                parameters: definition["parameters"])
        }
        let hasSystem = messages.contains { $0["role"] == "system" || $0["role"] == "developer" }
        return declarations.tokens(for: model, isAlone: !hasSystem, forced: choice.function)
    }
}

extension APIError {
    fileprivate static func noChatModel(_ model: ModelInfo) -> APIError {
        let message =
            model.kind == .responsesOnly || model.traits.answersResponsesOnly
            ? "This model is only supported in v1/responses and not in v1/chat/completions."
            : "This is not a chat model and thus not supported in the v1/chat/completions endpoint. "
                + "Did you mean to use v1/completions?"
        return APIError(status: 404, message: message, param: "model")
    }

    /// The 404 that the routing layer sends for an unknown model of chat or embeddings.
    static func modelNotFound(_ id: String) -> APIError {
        APIError(
            status: 404, message: "The model `\(id)` does not exist or you do not have access to it.",
            code: "model_not_found", about: "model", layout: .routing)
    }
}
