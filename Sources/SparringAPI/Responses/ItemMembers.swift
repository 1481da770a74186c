import SparringJSON

/// Completes the members of a scripted item: expands short forms and invents missing members.
struct ItemMembers {
    private(set) var partialImages: [String] = []
    var object: JSONObject
    /// Makes the ids that the script omits.
    var ids: IDMint

    init(_ given: JSONObject, ids: IDMint) {
        object = given
        self.ids = ids
        for name in ["type", "id", "status"] { object[name] = .none }
    }

    mutating func fill(_ type: String, hasPhases: Bool) {
        switch type {
        case "message": fillMessage(hasPhases)
        case "reasoning":
            object["summary"] = texts(object["summary"], "summary_text")
            object["content"] = texts(object["content"], "reasoning_text")
        case "function_call", "mcp_call", "mcp_approval_request":
            object["arguments"] = .string(written(object["arguments"] ?? [:]))
            if type == "mcp_call" { setMissing(["approval_request_id": nil, "error": nil, "output": nil]) }
            if type == "function_call" { setCallID() }
        case "web_search_call": setMissing(["action": ["type": "search"]])
        case "file_search_call": setMissing(["results": nil])
        case "code_interpreter_call":
            setMissing(["outputs": nil])
            if object["container_id"] == nil { object["container_id"] = .string(ids.hex("cntr_", count: 48)) }
        case "image_generation_call":
            setMissing(["result": .string(Self.pixel)])
            partialImages = (object["partial_images"]?.array ?? []).compactMap(\.string)
            object["partial_images"] = .none
        case "computer_call":
            setMissing(["pending_safety_checks": []])
            setCallID()
        case "shell_call":
            setMissing(["environment": nil])
            object["action"] = filled(object["action"], ["max_output_length": nil, "timeout_ms": nil])
            setCallID()
        case "shell_call_output": setMissing(["max_output_length": nil])
        case "custom_tool_call", "local_shell_call", "apply_patch_call", "program":
            if type == "local_shell_call" { object["action"] = filled(object["action"], ["env": [:], "type": "exec"]) }
            if type == "program" { setMissing(["fingerprint": .string(ids.hex("", count: 32))]) }
            setCallID()
        case "tool_search_call", "tool_search_output": setMissing(["call_id": nil, "execution": "server"])
        case "additional_tools": setMissing(["role": "developer"])
        case "compaction": setMissing(["encrypted_content": .string(ids.base62("gAAAAAB", count: 120))])
        default: break
        }
    }

    /// Removes members that the client receives only on request.
    mutating func withhold(_ type: String, _ includes: Set<String>) {
        switch type {
        case "file_search_call" where !includes.contains("file_search_call.results"): object["results"] = .some(.null)
        case "code_interpreter_call" where !includes.contains("code_interpreter_call.outputs"):
            object["outputs"] = .some(.null)
        case "reasoning" where !includes.contains("reasoning.encrypted_content"): object["encrypted_content"] = .none
        case "web_search_call" where !includes.contains("web_search_call.action.sources"):
            guard var action = object["action"]?.object else { return }
            action["sources"] = .none
            object["action"] = .object(action)
        default: break
        }
    }

    /// The item in `response.output_item.added`, without the parts that later events send.
    func announced(_ type: String) -> JSONObject {
        var begun = object
        if let name = ScriptedItem.text(of: type) { begun[name] = "" }
        switch type {
        case "message": begun["content"] = []
        case "reasoning":
            begun["summary"] = []
            begun["content"] = []
        case "mcp_call":
            begun["output"] = .some(.null)
            begun["error"] = .some(.null)
        case "mcp_list_tools":
            begun["tools"] = []
            begun["error"] = .none
        case "web_search_call": begun["action"] = ["type": object["action"]?["type"] ?? "search"]
        case "file_search_call":
            begun["queries"] = []
            begun["results"] = .some(.null)
        case "image_generation_call": begun = ["result": nil]
        case "code_interpreter_call": begun["outputs"] = object["outputs"]?.isNull ?? true ? .some(.null) : .some([])
        case "shell_call": begun["action"] = object["action"]?.replacing("commands", with: [])
        case "shell_call_output": begun["output"] = []
        case "apply_patch_call" where object["operation"]?["diff"] != nil:
            begun["operation"] = object["operation"]?.replacing("diff", with: "")
        default: break
        }
        return begun
    }

    // MARK: Short forms

    private mutating func fillMessage(_ hasPhases: Bool) {
        let annotations = object["annotations"] ?? []
        let parts: [JSONValue] =
            if let text = object["text"]?.string {
                [["type": "output_text", "annotations": annotations, "logprobs": [], "text": .string(text)]]
            } else if let refusal = object["refusal"]?.string {
                [["type": "refusal", "refusal": .string(refusal)]]
            } else {
                (object["content"]?.array ?? []).map { part in
                    guard part["type"] != "refusal", part["refusal"] == nil else {
                        return ["type": "refusal", "refusal": part["refusal"] ?? ""]
                    }
                    return [
                        "type": "output_text", "annotations": part["annotations"] ?? [], "logprobs": [],
                        "text": part["text"] ?? "",
                    ]
                }
            }
        var message: JSONObject = ["content": .array(parts)]
        if let phase = object["phase"] {
            message["phase"] = phase
        } else if hasPhases {
            message["phase"] = "final_answer"
        }
        message["role"] = "assistant"
        object = message
    }

    /// Converts a text, a list of texts, or parts as in the API.
    private func texts(_ value: JSONValue?, _ type: JSONValue) -> JSONValue {
        switch value {
        case .string?: .array([["type": type, "text": value ?? ""]])
        case .array(let values)?: .array(values.map { ["type": type, "text": $0["text"] ?? $0] })
        default: []
        }
    }

    /// Arguments are sent as text.
    private func written(_ value: JSONValue) -> String { value.string ?? value.text() }

    private mutating func setMissing(_ defaults: JSONObject) {
        for member in defaults.members where object[member.name] == nil { object.members.append(member) }
    }

    private mutating func setCallID() {
        if object["call_id"] == nil { object["call_id"] = .string(ids.base62("call_", count: 24)) }
    }

    private func filled(_ value: JSONValue?, _ defaults: JSONObject) -> JSONValue {
        var object = value?.object ?? [:]
        for member in defaults.members where object[member.name] == nil { object.members.append(member) }
        return .object(JSONObject(object.members.sorted { $0.name < $1.name }))
    }

    /// A transparent PNG of one pixel.
    private static let pixel =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
}
