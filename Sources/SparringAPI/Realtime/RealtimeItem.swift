import SparringJSON

/// Checks an item that a client adds to a conversation, and adds the members that the server sets.
///
/// Source: `ConversationItem` of the Realtime API's document.
enum RealtimeItem {
    /// The types of items that a client can create. The other types belong to MCP.
    static let types = ["message", "function_call", "function_call_output"]

    /// - Parameter path: the item as errors quote it, such as `item` or `response.input[0]`.
    static func checked(
        _ value: JSONValue, at path: String, ids: inout IDMint
    ) throws(APIError) -> JSONObject {
        let given = try ParameterShape.object(value, path)
        guard let type = given["type"], !type.isNull else { throw .missing("\(path).type") }
        try ParameterShape.choice(types).check(type, at: "\(path).type")
        let id = try id(given, path) ?? ids.base62("item_", count: 21)
        var item: JSONObject = ["id": .string(id), "object": "realtime.item", "type": type, "status": "completed"]
        switch type.string {
        case "message":
            guard let role = given["role"], !role.isNull else { throw .missing("\(path).role") }
            try ParameterShape.choice(["user", "assistant", "system"]).check(role, at: "\(path).role")
            item["role"] = role
            item["content"] = .array(try content(given, role: role.string ?? "", path))
        case "function_call":
            item["name"] = try text(given, "name", path)
            item["call_id"] = given["call_id"]?.unlessNull ?? .string(ids.base62("call_", count: 16))
            item["arguments"] = try text(given, "arguments", path)
        default:
            item["call_id"] = try text(given, "call_id", path)
            item["output"] = try text(given, "output", path)
        }
        return item
    }

    private static func id(_ item: JSONObject, _ path: String) throws(APIError) -> String? {
        guard let id = item["id"]?.unlessNull else { return nil }
        try ParameterShape.string(maximum: 64).check(id, at: "\(path).id")
        return id.string
    }

    private static func text(_ item: JSONObject, _ name: String, _ path: String) throws(APIError) -> JSONValue {
        guard let value = item[name]?.unlessNull else { throw .missing("\(path).\(name)") }
        try ParameterShape.string().check(value, at: "\(path).\(name)")
        return value
    }

    private static func content(_ item: JSONObject, role: String, _ path: String) throws(APIError) -> [JSONValue] {
        guard let value = item["content"]?.unlessNull else { throw .missing("\(path).content") }
        guard let parts = value.array else {
            throw .invalidType("\(path).content", expected: "an array of objects", got: value)
        }
        for (index, part) in parts.enumerated() { try check(part, role: role, "\(path).content[\(index)]") }
        return parts
    }

    /// The parts that a message of each role may have, with the member that carries the content.
    private static let parts: [String: [(type: String, member: String)]] = [
        "user": [("input_text", "text"), ("input_audio", "audio"), ("input_image", "image_url")],
        "assistant": [("output_text", "text"), ("output_audio", "audio")],
        "system": [("input_text", "text")],
    ]

    private static func check(_ value: JSONValue, role: String, _ path: String) throws(APIError) {
        let part = try ParameterShape.object(value, path)
        guard let type = part["type"], !type.isNull else { throw .missing("\(path).type") }
        let allowed = parts[role] ?? []
        try ParameterShape.choice(allowed.map(\.type)).check(type, at: "\(path).type")
        guard let member = allowed.first(where: { .string($0.type) == type })?.member else { return }
        guard let content = part[member]?.unlessNull else {
            // The audio of an assistant's message may be given as its transcript alone.
            if type == "output_audio", part["transcript"]?.string != nil { return }
            throw .missing("\(path).\(member)")
        }
        try ParameterShape.string().check(content, at: "\(path).\(member)")
        guard member == "audio", let text = content.string, Base64.decode(text[...]) == nil else { return }
        throw APIError(
            message: "Invalid '\(path).audio': expected audio in Base64.", param: "\(path).audio",
            code: "invalid_value")
    }

    /// The item as events show it; its audio is only in the answer to `conversation.item.retrieve`.
    static func shown(_ item: JSONObject) -> JSONObject {
        guard let parts = item["content"]?.array else { return item }
        var item = item
        item["content"] = .array(
            parts.map { part in
                guard var object = part.object, object["audio"] != nil else { return part }
                object["audio"] = Optional.none
                if object["transcript"] == nil { object["transcript"] = .null }
                return .object(object)
            })
        return item
    }

    /// The text and transcripts of a message.
    static func text(of item: JSONObject) -> String? {
        let texts = (item["content"]?.array ?? []).compactMap { $0["text"]?.string ?? $0["transcript"]?.string }
        return texts.isEmpty ? nil : texts.joined(separator: "\n")
    }

    /// Milliseconds of audio in an item.
    static func milliseconds(of item: JSONObject, _ format: RealtimeFormat) -> Int {
        (item["content"]?.array ?? []).reduce(0) { sum, part in
            let letters = part["audio"]?.string?.utf8.count ?? 0
            return sum + letters * 3 / 4 / format.bytesPerMillisecond
        }
    }
}
