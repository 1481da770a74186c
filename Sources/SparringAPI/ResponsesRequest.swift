package import SparringJSON

/// A checked `POST /v1/responses`: what its answer depends on.
///
/// Source: https://platform.openai.com/docs/api-reference/responses/create and measured behaviour (docs/fidelity.md).
package struct ResponsesRequest: Sendable {
    package var model: ModelInfo
    package var digest: CallDigest
    /// `usage.input_tokens`.
    package var promptTokens: Int
    /// What the rate limit is charged before anything is generated.
    package var estimatedTokens: Int
    package var isStream: Bool
    /// Random padding in the deltas; on unless `stream_options.include_obfuscation` is false.
    package var includesObfuscation: Bool
    /// Tokens that the answer may have at most.
    package var outputLimit: Int
    package var tools: ResponsesTools
    package var format: Format
    /// Whether a reasoning item comes before the answer.
    package var emitsReasoning: Bool
    /// Whether the reasoning item carries its encrypted form, for callers that keep the state themselves.
    var includesEncryptedReasoning: Bool
    var echo: ResponsesEcho

    /// `text.format`.
    package enum Format: Sendable, Hashable {
        case text
        case jsonObject
        case jsonSchema(JSONValue)
    }

    /// Checks a body in the order in which the API does, and throws the first complaint.
    package static func check(_ body: JSONValue, models: ModelTable) throws(APIError) -> ResponsesRequest {
        try check(body) { models[$0] }
    }

    static func check(_ body: JSONValue, model: (String) -> ModelInfo?) throws(APIError) -> ResponsesRequest {
        guard let object = body.object else { throw .unparsable }
        let id = try modelID(object)
        for (name, place) in ResponsesParameters.moved where object[name] != nil {
            throw ResponsesParameters.movedParameter(name, to: place)
        }
        let hasOtherSource = ["previous_response_id", "prompt", "conversation"].contains { given(object, $0) != nil }
        if object["input"] == nil, !hasOtherSource { throw .missing("input") }
        try ResponsesParameters.table.checkNames(of: object)
        let input =
            try object["input"].map { value throws(APIError) in try ResponsesInput(checking: value) }
            ?? ResponsesInput()
        for (parameter, value) in ResponsesParameters.table.given(in: object) {
            try parameter.shape.check(value, at: parameter.name)
        }
        guard let info = model(id) else { throw ResponsesErrors.modelNotFound(id) }
        try checkServerState(object)
        guard !input.items.isEmpty else { throw ResponsesErrors.noInput }
        let request = ResponsesRequest(object, info, input)
        if let error = request.tools.unavailable() ?? input.inconsistency() { throw error }
        if request.format == .jsonObject, !input.mentions("json") { throw ResponsesErrors.jsonNotMentioned }
        try ResponsesCapabilities.check(object, of: info)
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
        let include = object["include"]?.array ?? []
        includesEncryptedReasoning = include.contains("reasoning.encrypted_content")
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
        if case .jsonSchema(let schema) = format { promptTokens += FormatDeclaration.tokens(schema, info) }
        let characters = input.characters + (instructions?.unicodeScalars.count ?? 0)
        estimatedTokens = (characters + 3) / 4 + 2 + (object["max_output_tokens"]?.int ?? 0)
    }

    /// A parameter that is null counts as one that was left out.
    private static func given(_ object: JSONObject, _ name: String) -> JSONValue? {
        object[name]?.unlessNull
    }

    private static func modelID(_ object: JSONObject) throws(APIError) -> String {
        guard let model = object["model"] else { throw .missing("model") }
        // Null is reported as a string that failed, and called an object.
        guard let id = model.string else {
            throw .invalidType("model", expected: "a string", got: model.isNull ? [:] : model)
        }
        return id
    }

    /// The phase in which the API looks things up. Nothing is stored in this version, so nothing is found.
    private static func checkServerState(_ object: JSONObject) throws(APIError) {
        let conversation = given(object, "conversation")
        let previous = given(object, "previous_response_id")?.string
        if conversation != nil, previous != nil { throw ResponsesErrors.conversationAndPreviousResponse }
        if let conversation {
            guard let id = conversation.string ?? conversation["id"]?.string else {
                if conversation.object != nil { throw .missing("conversation.id") }
                throw .invalidType("conversation", expected: "one of a string or object", got: conversation)
            }
            throw ResponsesErrors.stateNotFound("Conversation", id)
        }
        if let id = given(object, "prompt")?["id"]?.string { throw ResponsesErrors.stateNotFound("Prompt", id) }
        if let previous { throw ResponsesErrors.previousResponse(previous) }
        if object["background"] == true { throw ResponsesErrors.backgroundUnsupported }
    }
}
