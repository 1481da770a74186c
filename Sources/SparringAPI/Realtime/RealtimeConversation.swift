package import SparringJSON

/// The items of a Realtime conversation, in their order.
package struct RealtimeConversation: Sendable {
    package let id: String
    package private(set) var items: [JSONObject] = []

    /// The maximum number of items; a client that adds more gets an error.
    private static let capacity = 2_000
    /// The maximum number of bytes of texts and audio, in their JSON form.
    private static let byteCapacity = 64 << 20

    package init(ids: inout IDMint) { id = ids.base62("conv_", count: 21) }

    package subscript(id: String) -> JSONObject? { items.first { $0["id"]?.string == id } }

    /// The id of the last item; nil in an empty conversation.
    package var last: String? { items.last?["id"]?.string }

    /// Adds an item.
    /// - Parameter previous: the id of the item before the new item, `root` for the start, nil for the end.
    /// - Returns: the id of the item before the new item; nil at the start.
    package mutating func add(_ item: JSONObject, after previous: String? = nil) throws(APIError) -> String? {
        let id = item["id"]?.string ?? ""
        guard self[id] == nil else {
            throw .realtime(
                "item_create_duplicate_item_id", "Error adding item: an item with the id '\(id)' already exists.",
                param: "item.id")
        }
        guard items.count < Self.capacity else {
            throw .realtimeUnsupported("a conversation has at most \(Self.capacity) items", param: "item")
        }
        guard items.reduce(Self.bytes(of: item), { $0 + Self.bytes(of: $1) }) <= Self.byteCapacity else {
            throw .realtimeUnsupported("a conversation has at most \(Self.byteCapacity) bytes", param: "item")
        }
        if item["type"] == "function_call_output", let call = item["call_id"]?.string, !hasCall(call) {
            throw .realtime(
                "invalid_tool_call_id", "Tool call ID '\(call)' not found in conversation.", param: "item.call_id")
        }
        guard let previous else {
            defer { items.append(item) }
            return last
        }
        guard previous != "root" else {
            items.insert(item, at: 0)
            return nil
        }
        guard let index = items.firstIndex(where: { $0["id"]?.string == previous }) else {
            throw .realtime(
                "item_create_invalid_previous_item_id",
                "Error adding item: the previous item with id '\(previous)' does not exist.",
                param: "previous_item_id")
        }
        items.insert(item, at: index + 1)
        return previous
    }

    private static func bytes(of item: JSONObject) -> Int {
        let parts = item["content"]?.array ?? []
        let texts = parts.flatMap { part in ["text", "transcript", "audio", "image_url"].map { part[$0] } }
        return (texts + [item["arguments"], item["output"]]).reduce(0) { $0 + ($1?.string?.utf8.count ?? 0) }
    }

    private func hasCall(_ id: String) -> Bool {
        items.contains { $0["type"] == "function_call" && $0["call_id"]?.string == id }
    }

    package mutating func delete(_ id: String) throws(APIError) {
        guard self[id] != nil else { throw Self.unknown("delete", "deleting", id) }
        items.removeAll { $0["id"]?.string == id }
    }

    package func retrieve(_ id: String) throws(APIError) -> JSONObject {
        guard let item = self[id] else { throw Self.unknown("retrieve", "retrieving", id) }
        return item
    }

    package mutating func replace(_ id: String, with item: JSONObject) {
        if let index = items.firstIndex(where: { $0["id"]?.string == id }) { items[index] = item }
    }

    /// Cuts the audio of an assistant's message. The transcript of the message is removed, because the server cannot know which words the
    /// user has heard.
    package mutating func truncate(
        _ id: String, part: Int, at milliseconds: Int, _ format: RealtimeFormat
    ) throws(APIError) {
        guard var item = self[id] else { throw Self.unknown("truncate", "truncating", id) }
        guard item["role"] == "assistant", var parts = item["content"]?.array, parts.indices.contains(part),
            var content = parts[part].object, content["type"] == "output_audio"
        else {
            throw .realtime(
                "item_truncate_invalid_item", "Only audio of the assistant's messages can be truncated.",
                param: "content_index")
        }
        let audio = content["audio"]?.string.flatMap { Base64.decode($0[...]) } ?? []
        let length = audio.count / format.bytesPerMillisecond
        guard milliseconds <= length else {
            throw .realtime(
                "invalid_value", "Audio content of \(length)ms is already shorter than \(milliseconds)ms",
                param: "audio_end_ms")
        }
        content["audio"] = .string(Base64.text(audio.prefix(milliseconds * format.bytesPerMillisecond)))
        content["transcript"] = Optional.none
        parts[part] = .object(content)
        item["content"] = .array(parts)
        replace(id, with: item)
    }

    private static func unknown(_ verb: String, _ doing: String, _ id: String) -> APIError {
        .realtime(
            "item_\(verb)_invalid_item_id", "Error \(doing) item: the item with id '\(id)' does not exist.",
            param: "item_id")
    }
}

// MARK: - What the model reads

extension RealtimeConversation {
    /// The values that rules match on.
    package static func digest(_ items: [JSONObject], instructions: String?, tools: [String]) -> CallDigest {
        let users = items.last { $0["role"] == "user" }
        let systems = items.filter { $0["role"] == "system" }.compactMap(RealtimeItem.text(of:))
        let system = ([instructions].compactMap(\.self) + systems).joined(separator: "\n")
        let answered = items.lastIndex { $0["role"] == "assistant" || $0["type"] == "function_call" }
        let results = items[(answered.map { $0 + 1 } ?? 0)...].compactMap { item in
            item["type"] == "function_call_output" ? item["output"]?.string : nil
        }
        return CallDigest(
            lastUser: users.flatMap(RealtimeItem.text(of:)), system: system.isEmpty ? nil : system, tools: tools,
            toolResults: results, turn: 1 + turns(items), isStream: true)
    }

    /// The number of answers so far. Consecutive calls and messages are one answer.
    private static func turns(_ items: [JSONObject]) -> Int {
        var (count, wasOwn) = (0, false)
        for item in items {
            let isOwn = item["role"] == "assistant" || item["type"] == "function_call"
            if isOwn, !wasOwn { count += 1 }
            wasOwn = isOwn
        }
        return count
    }
}
