import SparringJSON

/// The `input` of a responses request, item by item, reduced to the values that answers depend on.
struct ResponsesInput: Sendable {
    enum Item: Sendable, Hashable {
        case user(String)
        /// `system` and `developer` messages.
        case system(String)
        case assistant(String)
        case functionCall(id: String, name: String, arguments: String)
        case functionOutput(id: String, String)
        /// A reference to a stored item.
        case reference(String)
        /// Calls of hosted tools and other items without a message. The model made these items, and their text does not count as tokens.
        case generated
        /// Reasoning with its id. The item that the reasoning led to must follow.
        case reasoning(String?)
        case other
    }

    private(set) var items: [Item] = []
    /// For each item, the text that the prompt's token count needs; nil for an item without such a text.
    private var counted: [Counted?] = []
    /// Characters of all texts, for the rate limit's estimate.
    private(set) var characters = 0

    /// Whether data that was sent as an image is not an image.
    private(set) var hasBrokenImage = false
    /// Items of type `configuration_update`. Each update applies until a later update replaces it.
    private var updates: [JSONObject] = []

    /// The other types of items that the model makes, besides reasoning, messages and calls. The API accepts reasoning before each of these
    /// items (recorded, October 2025).
    private static let alsoGenerated: Set<String> = ["mcp_list_tools", "mcp_approval_request", "program"]

    private static let update = ParameterShape.members([
        Parameter("type", .string()), Parameter("id", .string()),
        Parameter("reasoning", .members([Parameter("effort", .choice(ResponsesParameters.efforts))])),
        Parameter("text", .requiring([Parameter("format", .requiring([Parameter("type", .string())]))])),
    ])

    /// Replaces parameters of the request by the values of the `configuration_update` items.
    func apply(to request: inout JSONObject) {
        for update in updates {
            if let effort = update["reasoning"]?["effort"]?.unlessNull {
                request["reasoning"] = (request["reasoning"]?.unlessNull ?? [:]).replacing("effort", with: effort)
            }
            if let format = update["text"]?["format"] {
                request["text"] = (request["text"]?.unlessNull ?? [:]).replacing("format", with: format)
            }
        }
    }

    private struct Counted {
        var texts: [String]
        /// The tokens of images.
        var images = 0
    }

    /// - Parameter path: the name in errors.
    init(checking value: JSONValue, at path: String = "input") throws(APIError) {
        switch value {
        case .string(let text):
            guard !text.isEmpty else { return }
            add(.user(text), Counted(texts: [text]))
        case .array(let values):
            items.reserveCapacity(values.count)
            for (index, value) in values.enumerated() { try add(value, at: "\(path)[\(index)]") }
        case .null:
            // The API expects a string and rejects null, but its message calls null an object.
            throw .invalidType("input", expected: "a string", got: [:])
        default: throw .invalidType("input", expected: "one of a string or array of input items", got: value)
        }
    }

    init() {}

    /// Inserts items of earlier turns before the input. Items made by the API are not checked.
    mutating func prepend(_ history: [JSONValue]) {
        var whole = ResponsesInput()
        for value in history { try? whole.add(value, at: "input") }
        whole.items += items
        whole.counted += counted
        whole.characters += characters
        whole.updates += updates
        whole.hasBrokenImage = hasBrokenImage
        self = whole
    }

    /// Replaces references by the stored items that they name.
    mutating func resolve(_ stored: [String: JSONValue]) {
        guard items.contains(where: { if case .reference = $0 { true } else { false } }) else { return }
        let before = zip(items, counted)
        items = []
        counted = []
        for (item, count) in before {
            guard case .reference(let id) = item, let value = stored[id] else {
                items.append(item)
                counted.append(count)
                continue
            }
            try? add(value, at: "input")
        }
    }

    private mutating func add(_ item: Item, _ count: Counted? = nil) {
        items.append(item)
        counted.append(count)
        for text in count?.texts ?? [] { characters += text.unicodeScalars.count }
    }

    /// Tokens of instructions and items with their framing. Instructions count as a leading system message.
    func promptTokens(instructions: String?, for model: ModelInfo) -> Int {
        var prompt = PromptTokens(model)
        if let instructions {
            prompt.beginMessage()
            prompt.add(text: instructions)
        }
        /// The called functions, by call id.
        var called: [String: String] = [:]
        /// Adjacent calls belong to one message.
        var open: [(name: String, arguments: String)] = []
        for (item, count) in zip(items, counted) {
            guard let count else { continue }
            if case .functionCall(let id, let name, let arguments) = item {
                called[id] = name
                if open.isEmpty { prompt.beginMessage(isAssistant: true) }
                open.append((name, arguments))
                continue
            }
            if !open.isEmpty { prompt.add(calls: open) }
            open = []
            let isAssistant = if case .assistant = item { true } else { false }
            prompt.beginMessage(isAssistant: isAssistant)
            for text in count.texts { prompt.add(text: text) }
            prompt.add(extra: count.images)
            if case .functionOutput(let id, _) = item { prompt.add(resultOf: called[id]) }
        }
        if !open.isEmpty { prompt.add(calls: open) }
        return prompt.sum
    }

    private mutating func add(_ value: JSONValue, at path: String) throws(APIError) {
        guard let item = value.object else { throw .invalidType(path, expected: "an input item", got: value) }
        switch item["type"] {
        case nil, .string("message"): try addMessage(item, at: path)
        case .string("function_call"):
            let id = try Self.identifier(item, "call_id", path)
            let name = try Self.text(item, "name", path)
            let arguments = try Self.text(item, "arguments", path)
            add(.functionCall(id: id, name: name, arguments: arguments), Counted(texts: [name, arguments]))
        case .string("function_call_output"):
            let id = try Self.identifier(item, "call_id", path)
            guard let output = item["output"], !output.isNull else { throw .missing("\(path).output") }
            guard output.string != nil || output.array != nil else {
                throw .invalidType("\(path).output", expected: "one of a string or array of objects", got: output)
            }
            let texts = output.string.map { [$0] } ?? Self.texts(output.array ?? [])
            add(.functionOutput(id: id, texts.joined(separator: "\n")), Counted(texts: texts))
        case .string("item_reference"): add(.reference(try Self.text(item, "id", path)))
        case .string("configuration_update"):
            try Self.update.check(.object(item), at: path)
            updates.append(item)
            add(.other)
        case .string("reasoning"): add(.reasoning(item["id"]?.string))
        case .string(let type):
            guard ResponsesItemTypes.all.contains(type) else {
                throw .invalidValue(path, type, supported: ResponsesItemTypes.all)
            }
            add(type.hasSuffix("_call") || Self.alsoGenerated.contains(type) ? .generated : .other)
        default: throw .invalidValue(path, "", supported: ResponsesItemTypes.all)
        }
    }

    private mutating func addMessage(_ item: JSONObject, at path: String) throws(APIError) {
        let role = item["role"]?.string ?? ""
        guard ResponsesItemTypes.roles.contains(role) else {
            throw .invalidValue(path, role, supported: ResponsesItemTypes.roles)
        }
        let isAssistant = role == "assistant"
        for name in item.names where !["role", "content", "type", "id", "status"].contains(name) {
            guard isAssistant, name == "phase" else { throw .unknownParameter("\(path).\(name)") }
        }
        if let phase = item["phase"], !phase.isNull {
            try ParameterShape.choice(["commentary", "final_answer"]).check(phase, at: "\(path).phase")
        }
        guard let content = item["content"] else { throw .missing("\(path).content") }
        var count = Counted(texts: [])
        switch content {
        case .string(let string): count.texts = [string]
        case .array(let parts):
            for (index, part) in parts.enumerated() {
                try Self.check(part, isAssistant: isAssistant, at: "\(path).content[\(index)]")
            }
            count.texts = Self.texts(parts)
            if parts.contains(where: Self.isBrokenImage) { hasBrokenImage = true }
            count.images = parts.reduce(0) { $0 + ($1["type"] == "input_image" ? Self.tokens(ofImage: $1) : 0) }
        default:
            throw .invalidType("\(path).content", expected: "one of a string or array of objects", got: content)
        }
        let text = count.texts.joined(separator: "\n")
        let message: Item = isAssistant ? .assistant(text) : role == "user" ? .user(text) : .system(text)
        add(message, count)
    }

    /// Checks a part against two lists: the types that exist, and the types that this role may use.
    private static func check(_ part: JSONValue, isAssistant: Bool, at path: String) throws(APIError) {
        let object = try ParameterShape.object(part, path)
        guard let type = object["type"] else { throw .missing("\(path).type") }
        guard let name = type.string, ResponsesItemTypes.parts.contains(name) else {
            throw .invalidValue("\(path).type", type.string ?? "", supported: ResponsesItemTypes.parts)
        }
        let allowed = isAssistant ? ResponsesItemTypes.assistantParts : ResponsesItemTypes.userParts
        guard allowed.contains(name) else { throw .invalidValue(path, name, supported: allowed) }
        switch name {
        case "input_text", "output_text": _ = try text(object, "text", path)
        case "refusal": _ = try text(object, "refusal", path)
        default: break
        }
    }

    private static func text(_ object: JSONObject, _ name: String, _ path: String) throws(APIError) -> String {
        guard let value = object[name], !value.isNull else { throw .missing("\(path).\(name)") }
        guard let text = value.string else { throw .invalidType("\(path).\(name)", expected: "a string", got: value) }
        return text
    }

    private static func identifier(_ object: JSONObject, _ name: String, _ path: String) throws(APIError) -> String {
        let id = try text(object, name, path)
        if id.isEmpty { throw .emptyString("\(path).\(name)") }
        try ParameterShape.string(maximum: 64).check(.string(id), at: "\(path).\(name)")
        return id
    }

    private static func texts(_ parts: [JSONValue]) -> [String] {
        parts.compactMap { $0["text"]?.string ?? $0["refusal"]?.string }
    }

    private static func isBrokenImage(_ part: JSONValue) -> Bool {
        guard let url = part["image_url"]?.string, url.hasPrefix("data:"), let mark = url.firstRange(of: ";base64,")
        else { return false }
        return !(Base64.decode(url[mark.upperBound...]).map(ImageBytes.arePicture) ?? false)
    }

    /// An image counts as one tile at full detail; its size is ignored.
    private static func tokens(ofImage part: JSONValue) -> Int { part["detail"] == "low" ? 85 : 255 }
}

/// The unions that errors about input items list in full.
enum ResponsesItemTypes {
    static let roles = ["assistant", "system", "developer", "user"]

    static let all = [
        "additional_tools", "agent_message", "apply_patch_call", "apply_patch_call_output", "code_interpreter_call",
        "compaction", "compaction_trigger", "computer_call", "computer_call_output",
        "configuration_update", "custom_tool_call",
        "custom_tool_call_output", "file_search_call", "function_call", "function_call_output", "image_generation_call",
        "item_reference", "local_shell_call", "local_shell_call_output", "mcp_approval_request",
        "mcp_approval_response",
        "mcp_call", "mcp_list_tools", "message", "multi_agent_call", "multi_agent_call_output", "program",
        "program_output",
        "reasoning", "shell_call", "shell_call_output", "tool_search_call", "tool_search_output", "web_search_call",
    ]

    /// The prefix of an item's ids.
    static func prefix(of type: String) -> String { prefixes[type] ?? "item_" }

    private static let prefixes: [String: String] = [
        "message": "msg_", "reasoning": "rs_", "function_call": "fc_", "function_call_output": "fco_",
        "custom_tool_call": "ctc_", "custom_tool_call_output": "ctco_", "web_search_call": "ws_",
        "file_search_call": "fs_", "code_interpreter_call": "ci_", "image_generation_call": "ig_",
        "computer_call": "cu_", "computer_call_output": "cuo_", "mcp_list_tools": "mcpl_", "mcp_call": "mcp_",
        "mcp_approval_request": "mcpr_", "mcp_approval_response": "mcpa_", "local_shell_call": "lsh_",
        "local_shell_call_output": "lsho_", "shell_call": "sh_", "shell_call_output": "sho_",
        "apply_patch_call": "apc_", "apply_patch_call_output": "apco_", "tool_search_call": "tsc_",
        "tool_search_output": "tso_", "compaction": "cmp_", "program": "prog_", "program_output": "progo_",
    ]

    /// Calls of the API's own tools, which `max_tool_calls` limits.
    static let areBuiltIn: Set<String> = [
        "web_search_call", "file_search_call", "code_interpreter_call", "image_generation_call", "mcp_call",
    ]

    /// The types of items that have a `status`.
    static let haveStatus: Set<String> = Set(all).subtracting([
        "additional_tools", "agent_message", "compaction", "compaction_trigger", "configuration_update",
        "item_reference",
        "mcp_approval_request", "mcp_approval_response", "mcp_list_tools", "program", "reasoning",
    ])

    static let parts = [
        "input_text", "input_image", "input_audio", "output_text", "refusal", "input_file", "computer_screenshot",
        "summary_text", "encrypted_content",
    ]

    static let userParts = ["input_text", "input_image", "input_file", "scoped_content", "input_audio"]
    static let assistantParts = ["output_text", "refusal"]
}
