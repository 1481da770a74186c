package import SparringJSON

/// A checked `POST /v1/responses`, with everything that its answer depends on.
///
/// Source: https://platform.openai.com/docs/api-reference/responses/create and measured behaviour
/// (docs/measurements/fidelity.md).
package struct ResponsesRequest: Sendable {
    package var model: ModelInfo
    package var digest: CallDigest
    /// `usage.input_tokens`.
    package var promptTokens: Int
    /// The tokens that the rate limit charges before the answer.
    package var estimatedTokens: Int
    package var isStream: Bool
    /// True if deltas are padded: the default, unless `stream_options.include_obfuscation` is false.
    package var includesObfuscation: Bool
    /// The maximum number of tokens of the answer.
    package var outputLimit: Int
    package var tools: ResponsesTools
    package var format: Format
    /// True if a reasoning item precedes the answer.
    package var emitsReasoning: Bool
    /// The requested additional output, such as encrypted reasoning.
    var includes: Set<String>
    /// Number of alternatives for each token; nil if log probabilities are not requested.
    var topLogprobs: Int?
    /// The maximum number of calls of the API's own tools; nil for no limit.
    var maximumToolCalls: Int?
    /// True if the request only fills the prompt cache; the response then has no output.
    var prewarms: Bool
    var echo: ResponsesEcho
    /// True if the response can be retrieved later.
    package var isStored: Bool
    package var isBackground: Bool
    package var previousID: String?
    package var conversationID: String?
    package var cacheable: CacheablePrompt?
    /// The original input, one value for each item.
    var inputValues: [JSONValue]

    /// `text.format`.
    package enum Format: Sendable, Hashable {
        case text
        case jsonObject
        case jsonSchema(JSONValue)
    }

    /// Checks a body in the API's order, and throws the first error.
    package static func check(
        _ body: JSONValue, models: ModelTable, memory: ResponsesMemory = ResponsesMemory()
    ) throws(APIError) -> ResponsesRequest {
        try check(body, memory: memory) { models[$0] }
    }

    static func check(
        _ body: JSONValue, memory: ResponsesMemory = ResponsesMemory(), model: (String) -> ModelInfo?
    ) throws(APIError) -> ResponsesRequest {
        guard var object = body.object else { throw .unparsable }
        let id = try modelID(object)
        for (name, place) in ResponsesParameters.moved where object[name] != nil {
            throw ResponsesParameters.movedParameter(name, to: place)
        }
        let hasOtherSource = ["previous_response_id", "prompt", "conversation"].contains { given(object, $0) != nil }
        if object["input"] == nil, !hasOtherSource { throw .missing("input") }
        try ResponsesParameters.table.checkNames(of: object)
        var input =
            try object["input"].map { value throws(APIError) in try ResponsesInput(checking: value) }
            ?? ResponsesInput()
        for (parameter, value) in ResponsesParameters.table.given(in: object) {
            try parameter.shape.check(value, at: parameter.name)
        }
        guard let info = model(id) else { throw ResponsesErrors.modelNotFound(id) }
        try checkServerState(object, memory)
        let hasPrompt = given(object, "prompt") != nil
        guard !input.items.isEmpty || memory.previous != nil || hasPrompt else { throw ResponsesErrors.noInput }
        if !memory.items.isEmpty { input.resolve(memory.items) }
        if !memory.history.isEmpty { input.prepend(memory.history) }
        input.apply(to: &object)
        var request = ResponsesRequest(object, info, input)
        request.cacheable = CacheablePrompt(
            [given(object, "tools"), given(object, "instructions")].compactMap(\.self) + memory.history
                + request.inputValues,
            of: object, model: info, tokens: request.promptTokens)
        if let error = request.tools.unavailable() ?? input.inconsistency() { throw error }
        if request.format == .jsonObject, !input.mentions("json") { throw ResponsesErrors.jsonNotMentioned }
        try ResponsesCapabilities.check(object, of: info)
        if input.hasBrokenImage { throw ResponsesErrors.brokenImage }
        guard request.promptTokens <= info.contextWindow || object["truncation"] == "auto" else {
            throw ResponsesErrors.inputExceedsContextWindow
        }
        return request
    }

    private init(_ object: JSONObject, _ info: ModelInfo, _ input: ResponsesInput) {
        model = info
        let instructions = Self.given(object, "instructions")?.string
        tools = ResponsesTools(tools: object["tools"], choice: object["tool_choice"])
        isStream = object["stream"]?.bool ?? false
        isStored = object["store"]?.bool ?? true
        isBackground = object["background"]?.bool ?? false
        let wanted = ResponsesMemory.Wanted(.object(object))
        previousID = wanted.previous
        conversationID = wanted.conversation
        inputValues =
            switch object["input"] {
            case .array(let values)?: values
            case .string(let text)? where !text.isEmpty: [["role": "user", "content": .string(text)]]
            default: []
            }
        includesObfuscation = object["stream_options"]?["include_obfuscation"]?.bool ?? true
        outputLimit = object["max_output_tokens"]?.int ?? info.maximumOutput
        format =
            switch object["text"]?["format"]?["type"]?.string {
            case "json_object": .jsonObject
            case "json_schema": .jsonSchema(object["text"]?["format"]?["schema"] ?? [:])
            default: .text
            }
        echo = ResponsesEcho(object, info, tools)
        emitsReasoning = info.isReasoning && echo.effort != "none"
        includes = Set((object["include"]?.array ?? []).compactMap(\.string))
        topLogprobs =
            includes.contains("message.output_text.logprobs") ? object["top_logprobs"]?.int ?? 0 : nil
        maximumToolCalls = object["max_tool_calls"]?.int
        prewarms = object["prompt_cache_options"]?["prewarm"]?.bool ?? false
        digest = CallDigest(
            lastUser: input.lastUser,
            system: input.system(instructions: instructions),
            tools: tools.names,
            toolResults: input.toolResults,
            turn: input.turn,
            isStream: isStream
        )
        let hasSystem = instructions != nil || digest.system != nil
        promptTokens =
            input.promptTokens(instructions: instructions, for: info)
            + tools.promptTokens(for: info, isAlone: !hasSystem)
        if case .jsonSchema = format {
            promptTokens += FormatDeclaration.tokens(object["text"]?["format"], info, isChat: false)
        }
        let characters = input.characters + (instructions?.unicodeScalars.count ?? 0)
        estimatedTokens =
            (characters + 3) / 4 + 2 + min(object["max_output_tokens"]?.int ?? 0, info.maximumOutput)
    }

    /// A null parameter counts as missing.
    private static func given(_ object: JSONObject, _ name: String) -> JSONValue? {
        object[name]?.unlessNull
    }

    private static func modelID(_ object: JSONObject) throws(APIError) -> String {
        guard let model = object["model"] else {
            // If the request uses a stored prompt, the prompt names the model.
            guard given(object, "prompt")?["id"] == nil else { return exampleModel(for: .responses) }
            throw .missing("model")
        }
        // The API expects a string and rejects null, but its message calls null an object.
        guard let id = model.string else {
            throw .invalidType("model", expected: "a string", got: model.isNull ? [:] : model)
        }
        return id
    }

    /// Checks references to stored objects. Sparring cannot look up prompts, so any well-formed prompt id is accepted.
    private static func checkServerState(_ object: JSONObject, _ memory: ResponsesMemory) throws(APIError) {
        let conversation = given(object, "conversation")
        let previous = given(object, "previous_response_id")?.string
        if conversation != nil, previous != nil { throw ResponsesErrors.conversationAndPreviousResponse }
        if let conversation {
            guard let id = conversation.string ?? conversation["id"]?.string else {
                if conversation.object != nil { throw .missing("conversation.id") }
                throw .invalidType("conversation", expected: "one of a string or object", got: conversation)
            }
            guard memory.conversation != nil else { throw ResponsesErrors.stateNotFound("Conversation", id) }
            if memory.isConversationLocked { throw ResponsesErrors.conversationLocked }
        }
        if let id = given(object, "prompt")?["id"]?.string, !id.hasPrefix("pmpt_") {
            throw ResponsesErrors.stateNotFound("Prompt", id)
        }
        if let previous, memory.previous == nil { throw ResponsesErrors.previousResponse(previous) }
        if let options = given(object, "background_options") {
            guard object["background"] == true else { throw .onlyAllowed("background_options", with: "background") }
            try checkWindow(options["completion_window"]?.string, object)
        }
        if object["background"] == true, object["store"] == false { throw ResponsesErrors.backgroundNotStored }
    }

    /// A discounted window allows no stream, and no tier of service except the standard tier.
    ///
    /// Source: the official Python package 3.57.0 (`BackgroundOptions`).
    private static func checkWindow(_ window: String?, _ object: JSONObject) throws(APIError) {
        guard let window, window != "soonest" else { return }
        if object["stream"] == true { throw ResponsesErrors.window(window, excludes: "stream", value: "true") }
        guard let tier = given(object, "service_tier")?.string, tier != "auto", tier != "default" else { return }
        throw ResponsesErrors.window(window, excludes: "service_tier", value: tier)
    }
}
