package import SparringJSON

/// A chat completion stored because of `store: true`: the answer and its request.
///
/// Source: https://platform.openai.com/docs/api-reference/chat/get and the examples of the official OpenAPI document.
package struct StoredCompletion: Sendable {
    package let id: String
    /// The requested model name, and the model name in the answer.
    private let models: [String]
    /// The object as the API returns it, with its metadata.
    package private(set) var object: JSONObject
    /// The messages of the request, each with an id.
    package let messages: [(id: String, value: JSONValue)]

    /// - Parameters:
    ///   - answer: the whole body of the answer, even if the answer was streamed.
    ///   - requestID: the `x-request-id` of the answer.
    ///   - seed: the seed for a request that has none.
    init(_ answer: JSONValue, to request: JSONObject, requestID: String, seed: Int) {
        func asked(_ name: String, or standard: JSONValue = .null) -> JSONValue {
            request[name]?.unlessNull ?? standard
        }
        func answered(_ name: String) -> JSONValue { answer[name] ?? .null }
        let id = answered("id").string ?? ""
        self.id = id
        models = [asked("model"), answered("model")].compactMap(\.string)
        object = [
            "object": "chat.completion", "id": .string(id), "model": answered("model"), "created": answered("created"),
            "request_id": .string(requestID), "tool_choice": asked("tool_choice"), "usage": answered("usage"),
            "seed": asked("seed", or: .number(JSONNumber(seed))), "top_p": asked("top_p", or: 1.0),
            "temperature": asked("temperature", or: 1.0), "presence_penalty": asked("presence_penalty", or: 0.0),
            "frequency_penalty": asked("frequency_penalty", or: 0.0),
            "system_fingerprint": answered("system_fingerprint"), "input_user": asked("user"),
            "service_tier": answered("service_tier"), "tools": asked("tools"), "metadata": asked("metadata", or: [:]),
            "choices": .array((answer["choices"]?.array ?? []).map(Self.choice)),
            "response_format": asked("response_format"),
        ]
        messages = (request["messages"]?.array ?? []).enumerated().map { index, message in
            let place = "\(id)-\(index)"
            return (place, Self.message(message, id: place))
        }
    }

    /// The object that `examples` mode returns for an unknown id; nil if the table does not have the example's model.
    ///
    /// The document's schema allows only assistant messages here, although the document's example and real answers contain the user's
    /// messages.
    package static func example(_ id: String, models: ModelTable, created: Int) -> StoredCompletion? {
        let body: JSONObject = [
            "model": "gpt-4o-mini", "messages": [["role": "assistant", "content": "Example"]], "store": true,
        ]
        guard let request = try? ChatRequest.check(.object(body), models: models) else { return nil }
        let context = AnswerInput(created: created)
        var ids = IDMint(for: id)
        let completion = ChatCompletion(.text("Example"), for: request, context: context, ids: &ids)
        guard var answer = try? JSONValue.parse(completion.body(request)).object else { return nil }
        answer["id"] = .string(id)
        return StoredCompletion(.object(answer), to: body, requestID: ids.hex("req_", count: 32), seed: 1)
    }

    /// Both nil and null remove all metadata.
    package mutating func setMetadata(_ metadata: JSONValue) {
        object["metadata"] = metadata.unlessNull ?? .object([:])
    }

    package func isOf(model: String) -> Bool { models.contains(model) }

    /// True if the metadata has all of these pairs.
    package func hasMetadata(_ wanted: [(name: String, value: String)]) -> Bool {
        wanted.allSatisfy { object["metadata"]?[$0.name]?.string == $0.value }
    }

    /// Converts a choice to its stored form, which has a member for every kind of call, even for kinds that the choice does not have.
    private static func choice(_ choice: JSONValue) -> JSONValue {
        let said = choice["message"]?.object ?? [:]
        var message: JSONObject = [
            "content": said["content"] ?? .null, "role": "assistant", "tool_calls": said["tool_calls"] ?? .null,
            "function_call": said["function_call"] ?? .null,
        ]
        for name in ["refusal", "annotations", "audio"] {
            if let value = said[name]?.unlessNull, value != .array([]) { message[name] = value }
        }
        return [
            "index": choice["index"] ?? 0, "message": .object(message),
            "finish_reason": choice["finish_reason"] ?? .null, "logprobs": choice["logprobs"] ?? .null,
        ]
    }

    /// Converts a message to its stored form: text is in `content`, and a list of parts is in `content_parts`.
    private static func message(_ message: JSONValue, id: String) -> JSONValue {
        let content = message["content"] ?? .null
        var stored: JSONObject = [
            "id": .string(id), "role": message["role"] ?? .null, "content": content.array == nil ? content : .null,
            "name": message["name"] ?? .null, "content_parts": content.array == nil ? .null : content,
        ]
        for name in ["tool_calls", "tool_call_id", "function_call", "refusal"] {
            if let value = message[name]?.unlessNull { stored[name] = value }
        }
        return .object(stored)
    }
}
