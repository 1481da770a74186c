import SparringAPI
import SparringJSON

/// Normalizes requests for chat completions and for responses to one form, so that equivalent requests are equal. Members that only one of
/// the APIs has keep their names, and therefore count as differences.
enum NormalizedRequest {
    /// Returns nil if the body is not an object.
    static func form(_ body: [UInt8], of api: RenderedAPI) -> [UInt8]? {
        guard let object = (try? JSONValue.parse(body))?.object else { return nil }
        var common = JSONObject()
        for member in object.members where !member.value.isNull && !silent.contains(member.name) {
            let value = member.value
            switch (api, member.name) {
            case (.chat, "messages"): common["messages"] = .array((value.array ?? []).flatMap(messages(ofChat:)))
            case (.chat, "max_tokens"), (.chat, "max_completion_tokens"): common["max_output_tokens"] = value
            case (.chat, "response_format"): add(format: flat(value, "json_schema"), to: &common)
            case (.chat, "reasoning_effort"): common["effort"] = value
            case (.chat, "n") where value == 1: continue
            case (.responses, "instructions"), (.responses, "input"): continue
            case (.responses, "text"):
                add(format: value["format"] ?? .null, to: &common)
                add(value["verbosity"], "verbosity", to: &common)
                keep(value, but: ["format", "verbosity"], "text", in: &common)
            case (.responses, "reasoning"):
                add(value["effort"], "effort", to: &common)
                keep(value, but: ["effort"], "reasoning", in: &common)
            case (.responses, "truncation") where value == "disabled", (.responses, "background") where value == false,
                (_, "parallel_tool_calls") where value == true, (_, "tool_choice") where value == "auto",
                (_, "tools") where value == []:
                continue
            case (_, "tools"): common["tools"] = .array((value.array ?? []).map(tool))
            case (_, "tool_choice"): common["tool_choice"] = flat(value, "function")
            default: common[member.name] = value
            }
        }
        if api == .responses { common["messages"] = .array(messages(ofResponses: object)) }
        return JSONValue.object(common).serialized()
    }

    /// Members that affect only the transport or the storage of the answer.
    private static let silent: Set<String> = ["stream", "stream_options", "store"]

    private static func add(_ value: JSONValue?, _ name: String, to common: inout JSONObject) {
        if let value = value?.unlessNull { common[name] = value }
    }

    private static func add(format: JSONValue, to common: inout JSONObject) {
        if format["type"] != "text", !format.isNull { common["format"] = format }
    }

    /// Keeps a member that has no counterpart in the other API.
    private static func keep(_ value: JSONValue, but known: Set<String>, _ name: String, in common: inout JSONObject) {
        let rest = (value.object?.members ?? []).filter { !known.contains($0.name) && !$0.value.isNull }
        if !rest.isEmpty { common[name] = .object(JSONObject(rest)) }
    }

    /// Flattens `{type, NAME: {…}}` to `{type, …}`.
    private static func flat(_ value: JSONValue, _ name: String) -> JSONValue {
        guard let object = value.object, let inner = object[name]?.object else { return value }
        return .object(JSONObject(object.members.filter { $0.name != name } + inner.members))
    }

    /// Removes `strict`, whose default differs between the APIs.
    private static func tool(_ value: JSONValue) -> JSONValue {
        guard let object = flat(value, "function").object else { return value }
        return .object(JSONObject(object.members.filter { $0.name != "strict" && !$0.value.isNull }))
    }

    // MARK: Messages

    private static func message(_ role: String, _ content: [JSONValue]) -> JSONValue {
        // `developer` is the newer name of the role `system`.
        ["role": .string(role == "developer" ? "system" : role), "content": .array(content)]
    }

    private static func call(_ id: JSONValue?, _ name: JSONValue?, _ arguments: JSONValue?) -> JSONValue {
        ["call": id ?? .null, "name": name ?? .null, "arguments": arguments ?? .null]
    }

    private static func messages(ofChat message: JSONValue) -> [JSONValue] {
        let role = message["role"]?.string ?? ""
        var content = parts(message["content"])
        if role == "tool" { return [["result": message["tool_call_id"] ?? .null, "content": .array(content)]] }
        if let refusal = message["refusal"]?.unlessNull { content.append(["refusal": refusal]) }
        let calls = (message["tool_calls"]?.array ?? []).map {
            call($0["id"], $0["function"]?["name"], $0["function"]?["arguments"])
        }
        return (content.isEmpty && !calls.isEmpty ? [] : [self.message(role, content)]) + calls
    }

    private static func messages(ofResponses object: JSONObject) -> [JSONValue] {
        var messages: [JSONValue] = []
        if let text = object["instructions"]?.unlessNull { messages.append(message("system", parts(text))) }
        guard let items = object["input"]?.array else { return messages + [message("user", parts(object["input"]))] }
        for item in items {
            switch item["type"]?.string {
            case nil, "message": messages.append(message(item["role"]?.string ?? "", parts(item["content"])))
            case "function_call": messages.append(call(item["call_id"], item["name"], item["arguments"]))
            case "function_call_output":
                messages.append(["result": item["call_id"] ?? .null, "content": .array(parts(item["output"]))])
            // Reasoning items are output of the model. Such items are therefore not part of the question.
            case "reasoning": continue
            default: messages.append(item)
            }
        }
        return messages
    }

    /// Returns the parts of the content. A plain text becomes one part; an empty text has no parts.
    private static func parts(_ content: JSONValue?) -> [JSONValue] {
        guard let parts = content?.array else {
            return content?.string.flatMap { $0.isEmpty ? nil : [["text": .string($0)]] } ?? []
        }
        return parts.map { part in
            switch part["type"]?.string {
            case "text", "input_text", "output_text": ["text": part["text"] ?? .null]
            case "refusal": ["refusal": part["refusal"] ?? .null]
            case "image_url":
                image(part["image_url"]?["url"], part["image_url"]?["detail"])
            case "input_image" where part["file_id"]?.unlessNull == nil: image(part["image_url"], part["detail"])
            case "file": file(part["file"])
            case "input_file": file(part)
            default: part
            }
        }
    }

    private static func image(_ url: JSONValue?, _ detail: JSONValue?) -> JSONValue {
        ["image": url ?? .null, "detail": detail?.unlessNull ?? "auto"]
    }

    private static func file(_ part: JSONValue?) -> JSONValue {
        let members = (part?.object?.members ?? []).filter { $0.name != "type" && !$0.value.isNull }
        return ["file": .object(JSONObject(members))]
    }
}
