package import SparringJSON
import SparringTokens
import SparringWire

/// A checked `response.create` of a Realtime session, with everything that its answer depends on.
package struct RealtimeCall: Sendable {
    package var model: ModelInfo
    package var digest: CallDigest
    package var tools: ResponsesTools
    /// Text, or audio with its transcript.
    var isAudio: Bool
    var format: RealtimeFormat
    var voice: JSONValue
    /// Nil for no limit.
    var outputLimit: Int?
    var metadata: JSONValue
    /// Nil for an out-of-band response.
    var conversationID: String?
    /// The item after which the output comes; nil in an empty conversation.
    var previousID: String?
    var textTokens: Int
    var audioTokens: Int

    /// - Parameters:
    ///   - event: the client's event; an empty object for a response that turn detection begins.
    ///   - items: those of the conversation.
    package init(
        _ event: JSONObject, session: RealtimeSession, conversation: RealtimeConversation, model: ModelInfo
    ) throws(APIError) {
        let given = try Self.settings(event)
        if session.isTranscription {
            throw .realtime(
                "invalid_request_error", "A transcription session has no responses.", param: "type")
        }
        var merged = session.json
        for name in ["output_modalities", "instructions", "tools", "tool_choice", "max_output_tokens"] {
            if let value = given[name]?.unlessNull { merged[name] = value }
        }
        let output = given["audio"]?["output"]
        let own = session.json["audio"]?["output"]
        self.model = model
        tools = ResponsesTools(tools: merged["tools"], choice: merged["tool_choice"])
        if let error = tools.unavailable() { throw error }
        isAudio = merged["output_modalities"]?.array?.first != "text"
        format = RealtimeFormat(output?["format"]?.unlessNull ?? own?["format"])
        voice = output?["voice"]?.unlessNull ?? own?["voice"] ?? "marin"
        outputLimit = merged["max_output_tokens"]?.int
        metadata = given["metadata"] ?? .null
        let isOutOfBand = given["conversation"] == "none"
        conversationID = isOutOfBand ? nil : conversation.id
        previousID = isOutOfBand ? nil : conversation.last
        let items = try Self.items(given["input"], conversation)
        let instructions = merged["instructions"]?.string
        digest = RealtimeConversation.digest(items, instructions: instructions, tools: tools.names)
        let texts = items.map { RealtimeItem.text(of: $0) ?? $0["arguments"]?.string ?? $0["output"]?.string ?? "" }
        textTokens =
            model.counter.count(instructions ?? "") + tools.promptTokens(for: model, isAlone: instructions == nil)
            + texts.reduce(0) { $0 + model.counter.count($1) + 4 }
        audioTokens = items.reduce(0) { $0 + RealtimeItem.milliseconds(of: $1, session.inputFormat) / 100 }
    }

    /// Whether the event asks for a response outside of the conversation.
    package static func isOutOfBand(_ event: JSONValue?) -> Bool { event?["response"]?["conversation"] == "none" }

    private static func settings(_ event: JSONObject) throws(APIError) -> JSONObject {
        guard let value = event["response"]?.unlessNull else { return JSONObject() }
        let settings = try ParameterShape.object(value, "response")
        try RealtimeSessionShape.response.check(value, at: "response")
        return settings
    }

    /// The items that the model reads: those of `input`, or else of the conversation.
    private static func items(
        _ input: JSONValue?, _ conversation: RealtimeConversation
    ) throws(APIError) -> [JSONObject] {
        guard let values = input?.array else { return conversation.items }
        var ids = IDMint(for: "input")
        var items: [JSONObject] = []
        for (index, value) in values.enumerated() {
            let path = "response.input[\(index)]"
            guard value["type"] == "item_reference" else {
                items.append(try RealtimeItem.checked(value, at: path, ids: &ids))
                continue
            }
            let id = value["id"]?.string ?? ""
            guard let item = conversation[id] else {
                throw .realtime(
                    "invalid_item_reference", "Item '\(id)' not found in conversation.", param: "\(path).id")
            }
            items.append(item)
        }
        return items
    }
}

extension RealtimeCall: CheckedCall {
    /// Throws: a call is made from the events of a socket, never from the body of a request.
    package static func check(
        _ endpoint: Endpoint, _ body: JSONValue, models: ModelTable, memory: ResponsesMemory
    ) throws(APIError) -> RealtimeCall {
        throw .realtimeUnsupported("a Realtime response needs a WebSocket", param: "type")
    }

    package var promptTokens: Int { textTokens + audioTokens }
    package var estimatedTokens: Int { promptTokens + (outputLimit ?? 0) }
    package static var speaks: Bool { true }
    package var content: Content? { AutoContent.content(for: self) }
    package var obstacle: String? { nil }
    package var asDocumented: (any CheckedCall)? { nil }

    package func objection(to content: Content?, reasoning: Int, ending: ResponsesEnding?) -> String? {
        Self.objection(toReasoning: reasoning)
    }

    package static func exampleModel(for endpoint: Endpoint) -> String { "gpt-realtime" }

    package static func admitted(_ id: String, to endpoint: Endpoint, from models: ModelTable) -> ModelInfo {
        ModelInfo(id: id, kind: .other, contextWindow: 32_000, maximumOutput: 4_096)
    }

    package func render(saying content: Content?, context: AnswerInput, ids: inout IDMint) -> Rendered {
        let output = RealtimeOutput(content ?? .text(""), for: self, context: context, ids: &ids)
        var answer = Answer(status: 200, headers: ["x-request-id": ids.hex("req_", count: 32)])
        answer.body = .events(output.events)
        answer.usage = output.usage
        return Rendered(answer, effects: [.converse(output)])
    }
}
