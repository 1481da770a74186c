package import SparringJSON
import SparringTokens

/// A checked `response.create` of a Realtime session, with everything that its answer depends on.
package struct RealtimeCall: Sendable {
    package var model: ModelInfo
    package var digest: CallDigest
    package var tools: ResponsesTools
    /// True if the output is audio with a transcript, false if it is text.
    var isAudio: Bool
    var format: RealtimeFormat
    var voice: JSONValue
    /// The maximum number of output tokens; nil for no limit.
    var outputLimit: Int?
    var metadata: JSONValue
    /// The id of the conversation; nil for an out-of-band response.
    var conversationID: String?
    /// The item after which the output comes; nil in an empty conversation.
    var previousID: String?
    var textTokens: Int
    var audioTokens: Int

    /// - Parameters:
    ///   - event: the client's event. An empty object for a response that turn detection started.
    ///   - items: the items of the conversation.
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
        audioTokens = items.reduce(0) { sum, item in
            let format = item["role"] == "assistant" ? session.outputFormat : session.inputFormat
            return sum + RealtimeItem.milliseconds(of: item, format) / 100
        }
    }

    /// Whether the event asks for a response outside of the conversation.
    package static func isOutOfBand(_ event: JSONValue?) -> Bool { event?["response"]?["conversation"] == "none" }

    private static func settings(_ event: JSONObject) throws(APIError) -> JSONObject {
        guard let value = event["response"]?.unlessNull else { return JSONObject() }
        let settings = try ParameterShape.object(value, "response")
        try RealtimeSessionShape.response.check(value, at: "response")
        return settings
    }

    /// The items that the model reads: those of `input`, or those of the conversation if there is no `input`.
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
