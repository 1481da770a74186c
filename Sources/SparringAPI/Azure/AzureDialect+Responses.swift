import SparringJSON
import SparringWire

/// Responses in Azure's form: without `billing`, and with filter results.
///
/// Source: recorded traffic of June 2026.
extension AzureDialect {
    func filterResponse(_ body: inout Answer.Body) {
        switch body {
        case .none: break
        case .whole(let bytes):
            guard case .object(let object)? = try? JSONValue.parse(bytes), object["object"] == "response" else {
                return
            }
            body = .whole(JSONValue.object(Self.filtered(object)).serialized(.pretty))
        case .events(var events):
            for index in events.indices {
                let edited = events[index].editing { object in
                    if let response = object["response"]?.object {
                        object["response"] = .object(Self.filtered(response))
                    } else if let item = object["item"] {
                        object["item"] = Self.withoutContent(item)
                    } else {
                        return false
                    }
                    return true
                }
                events[index] = edited ?? events[index]
            }
            body = .events(events)
        }
    }

    /// Removes `billing` and adds `content_filters`, which is null until the response has ended.
    private static func filtered(_ response: JSONObject) -> JSONObject {
        let hasEnded = response["completed_at"]?.isNull == false || response["status"] == "incomplete"
        var members: [JSONObject.Member] = []
        for member in response.members where member.name != "billing" {
            members.append(member)
            if member.name == "output", let items = member.value.array {
                members[members.endIndex - 1].value = .array(items.map(withoutContent))
            }
            guard member.name == "completed_at" else { continue }
            members.append(.init("content_filters", hasEnded ? found(response) : .null))
        }
        return JSONObject(members)
    }

    /// Returns the item without the empty `content` that OpenAI sends with reasoning since June 2026.
    private static func withoutContent(_ item: JSONValue) -> JSONValue {
        guard item["type"] == "reasoning", item["content"]?.array?.isEmpty == true, case .object(var object) = item
        else { return item }
        object["content"] = .none
        return .object(object)
    }

    private static func found(_ response: JSONObject) -> JSONValue {
        let text = (response["output"]?.array ?? []).flatMap { $0["content"]?.array ?? [] }
            .reduce(0) { $0 + ($1["text"]?.string?.unicodeScalars.count ?? 0) }
        let isCut = response["incomplete_details"]?["reason"] == "content_filter"
        let prompt = (response["usage"]?["input_tokens"]?.int ?? 0) * 4
        return [
            filter("prompt", promptFilter, isBlocked: false, end: prompt),
            filter(
                "completion", results(filtered: isCut ? "violence" : nil, isText: true), isBlocked: isCut, end: text),
        ]
    }

    private static func filter(_ source: String, _ results: JSONValue, isBlocked: Bool, end: Int) -> JSONValue {
        [
            "blocked": .bool(isBlocked), "source_type": .string(source), "content_filter_raw": [],
            "content_filter_results": results,
            "content_filter_offsets": ["start_offset": 0, "end_offset": .int(end), "check_offset": 0],
        ]
    }
}
