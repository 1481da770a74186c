package import SparringJSON

/// The client's items as the API returns them.
package enum StoredItems {
    /// The message item that `examples` mode returns for an unknown id.
    package static func example(_ id: String) -> JSONValue {
        var ids = IDMint(seed: 0)
        return normalised([["id": .string(id), "role": "user", "content": "Example"]], ids: &ids)[0].value
    }

    /// - Parameters:
    ///   - values: checked items of an `input`.
    ///   - ids: makes ids for items that have none.
    package static func normalised(_ values: [JSONValue], ids: inout IDMint) -> [(id: String, value: JSONValue)] {
        values.map { value in
            let object = value.object ?? [:]
            let type = object["type"]?.string ?? "message"
            let id = object["id"]?.string ?? ids.hex(ResponsesItemTypes.prefix(of: type), count: 50)
            return (id, .object(type == "message" ? message(object, id) : item(object, type, id)))
        }
    }

    /// The item with its keys in the order of output items: id, type, status, then the others alphabetically.
    private static func item(_ object: JSONObject, _ type: String, _ id: String) -> JSONObject {
        var item: JSONObject = ["id": .string(id), "type": .string(type)]
        if ResponsesItemTypes.haveStatus.contains(type) { item["status"] = object["status"]?.unlessNull ?? "completed" }
        for member in object.members.sorted(by: { $0.name < $1.name })
        where !["id", "type", "status"].contains(member.name) {
            item[member.name] = member.value
        }
        return item
    }

    private static func message(_ object: JSONObject, _ id: String) -> JSONObject {
        let role = object["role"] ?? "user"
        let isAssistant = role == "assistant"
        let parts: [JSONValue] =
            switch object["content"] {
            case .string(let text)?: [["type": isAssistant ? "output_text" : "input_text", "text": .string(text)]]
            case .array(let parts)?: parts
            default: []
            }
        var message: JSONObject = [
            "id": .string(id), "type": "message", "status": object["status"]?.unlessNull ?? "completed",
            "content": .array(parts.map(part)),
        ]
        if let phase = object["phase"]?.unlessNull { message["phase"] = phase }
        message["role"] = role
        return message
    }

    /// Optional members are filled in.
    private static func part(_ value: JSONValue) -> JSONValue {
        switch value["type"]?.string {
        case "output_text":
            [
                "type": "output_text", "annotations": value["annotations"] ?? [], "logprobs": value["logprobs"] ?? [],
                "text": value["text"] ?? "",
            ]
        case "input_image":
            [
                "type": "input_image", "detail": value["detail"] ?? "auto", "file_id": value["file_id"] ?? nil,
                "image_url": value["image_url"] ?? nil,
            ]
        case "input_file":
            .object(JSONObject([JSONObject.Member("type", "input_file")] + others(value)))
        default: value
        }
    }

    private static func others(_ value: JSONValue) -> [JSONObject.Member] {
        (value.object?.members ?? []).filter { $0.name != "type" }.sorted { $0.name < $1.name }
    }
}
