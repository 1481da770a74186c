import SparringJSON

/// Checks the `messages` of a chat request, and reads what scenarios and token counts need.
enum ChatMessages {
    static let roles = ["system", "assistant", "user", "function", "tool", "developer"]

    /// The roles in the order of the error message.
    private static let listedRoles = ["system", "assistant", "user", "function", "tool", "developer"]

    @Sendable static func check(_ value: JSONValue, _ path: String) throws(APIError) {
        guard let messages = value.array else { throw .invalidType(path, expected: "an array of objects", got: value) }
        guard !messages.isEmpty else { throw .emptyArray(path) }
        for (index, message) in messages.enumerated() { try check(message, at: "\(path)[\(index)]") }
    }

    /// - Parameter path: evaluated only for errors.
    private static func check(_ message: JSONValue, at path: @autoclosure () -> String) throws(APIError) {
        let object = try ParameterShape.object(message, path())
        guard let role = object["role"] else { throw .missing("\(path()).role") }
        guard let name = role.string else {
            throw .invalidType("\(path()).role", expected: ParameterShape.oneOf(listedRoles), got: role)
        }
        guard roles.contains(name) else { throw .invalidValue("\(path()).role", name, supported: listedRoles) }
        switch object["content"] {
        case nil where name == "developer": throw .missing("\(path()).content")
        case .some(.null) where name == "developer":
            throw .invalidType("\(path()).content", expected: "one of a string or array of objects", got: .null)
        case nil, .some(.null), .some(.string): break
        case .some(.array(let parts)):
            for (index, part) in parts.enumerated() { try ChatContent.check(part, "\(path()).content[\(index)]") }
        case .some(let content):
            throw .invalidType("\(path()).content", expected: "one of a string or array of objects", got: content)
        }
        if let calls = object["tool_calls"], !calls.isNull {
            guard let list = calls.array else {
                throw .invalidType("\(path()).tool_calls", expected: "an array of objects", got: calls)
            }
            guard !list.isEmpty else { throw .emptyArray("\(path()).tool_calls") }
            guard list.count <= 128 else { throw .arrayTooLong("\(path()).tool_calls", maximum: 128, got: list.count) }
            for (index, call) in list.enumerated() { try checkCall(call, "\(path()).tool_calls[\(index)]") }
        }
        if let call = object["function_call"]?.unlessNull { try function.check(call, at: "\(path()).function_call") }
        if let name = object["name"]?.unlessNull { try checkName(name, "\(path()).name") }
    }

    /// Checks a call that the model made in an earlier turn.
    private static func checkCall(_ call: JSONValue, _ path: String) throws(APIError) {
        let object = try ParameterShape.object(call, path)
        for name in ["id", "type"] where object[name] == nil { throw .missing("\(path).\(name)") }
        try ParameterShape.string().check(object["id"] ?? .null, at: "\(path).id")
        let kind = object["type"] ?? .null
        try ParameterShape.choice(["function", "custom"]).check(kind, at: "\(path).type")
        let name = kind.string ?? ""
        guard let called = object[name] else { throw .missing("\(path).\(name)") }
        try (name == "custom" ? custom : function).check(called, at: "\(path).\(name)")
    }

    private static let function = ParameterShape.requiring([
        Parameter("name", .string()), Parameter("arguments", .string()),
    ])
    private static let custom = ParameterShape.requiring([Parameter("name", .string()), Parameter("input", .string())])

    /// Checks a speaker's name. The name becomes part of the prompt, in which some characters are special.
    private static func checkName(_ value: JSONValue, _ path: String) throws(APIError) {
        try ParameterShape.string(maximum: 64).check(value, at: path)
        let isPlain = value.string?.unicodeScalars.allSatisfy {
            !$0.properties.isWhitespace && !"<|\\/>".unicodeScalars.contains($0)
        }
        guard isPlain == false else { return }
        throw APIError(
            message: "Invalid '\(path)': string does not match pattern. Expected a string that matches the pattern "
                + #"'^[^\s<|\\/>]+$'."#, param: path, code: "invalid_value")
    }

    // MARK: Content and order, which the API checks last

    static func checkContent(_ messages: [JSONValue]) throws(APIError) {
        for (index, message) in messages.enumerated() where message["content"]?.unlessNull == nil {
            let excuses = ["tool_calls", "function_call", "refusal", "audio"]
            if message["role"] == "assistant", excuses.contains(where: { message[$0]?.unlessNull != nil }) { continue }
            throw APIError(
                message: "Invalid value for 'content': expected a string, got null.",
                param: "messages.[\(index)].content")
        }
    }

    /// Checks the members that a role requires, and those that a role or model does not accept.
    static func checkRoles(_ messages: [JSONValue], _ traits: ChatTraits) throws(APIError) {
        for (index, message) in messages.enumerated() {
            let needed: String?
            switch message["role"]?.string {
            case "function" where traits.isNewest:
                throw .unsupportedValue("messages[\(index)].role", "'function'", mode: "with this mode")
            case "tool": needed = "tool_call_id"
            case "function": needed = "name"
            default: needed = nil
            }
            if let needed, message[needed]?.unlessNull == nil {
                throw APIError(
                    message:
                        "Missing parameter '\(needed)': messages with role '\(message["role"]?.string ?? "")' must "
                        + "have a '\(needed)'.", param: "messages.[\(index)].\(needed)")
            }
            try ChatContent.checkRoles(message, index, traits)
        }
    }

    static func hasAudio(_ message: JSONValue) -> Bool {
        message["audio"]?.unlessNull != nil
            || message["content"]?.array?.contains { $0["type"] == "input_audio" } == true
    }

    /// Checks that every tool call has a result and every result a call.
    static func checkToolOrder(_ messages: [JSONValue]) throws(APIError) {
        var open: [String] = []
        /// The index of the message with the open calls.
        var caller = 0
        for (index, message) in messages.enumerated() {
            if message["role"] == "tool" {
                guard let id = message["tool_call_id"]?.string, open.contains(id) || wasCalled(id, messages[..<index])
                else {
                    throw APIError(
                        message:
                            "Invalid parameter: messages with role 'tool' must be a response to a preceeding message "
                            + "with 'tool_calls'.", param: "messages.[\(index)].role")
                }
                open.removeAll { $0 == id }
                continue
            }
            guard open.isEmpty else { throw unanswered(open, of: caller) }
            caller = index
            open = message["tool_calls"]?.array?.compactMap { $0["id"]?.string } ?? []
        }
        guard open.isEmpty else { throw unanswered(open, of: caller) }
    }

    private static func wasCalled(_ id: String, _ messages: ArraySlice<JSONValue>) -> Bool {
        messages.last { $0["tool_calls"] != nil }?["tool_calls"]?.array?.contains { $0["id"]?.string == id } ?? false
    }

    private static func unanswered(_ ids: [String], of caller: Int) -> APIError {
        APIError(
            message: "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
                + "'tool_call_id'. The following tool_call_ids did not have response messages: \(ids.joined(separator: ", "))",
            param: "messages", about: "messages[\(caller)].tool_calls")
    }

    /// The texts of a message: its string, or its text parts.
    private static func texts(of message: JSONValue) -> [String] {
        switch message["content"] {
        case .some(.string(let text)): [text]
        case .some(.array(let parts)): parts.compactMap { $0["text"]?.string }
        default: []
        }
    }

    /// The text of a message: its string, or its text parts, joined by line feeds.
    static func text(of message: JSONValue) -> String {
        switch message["content"] {
        case .some(.string(let text)): text
        case .some(.array(let parts)): parts.compactMap { $0["text"]?.string }.joined(separator: "\n")
        default: ""
        }
    }

    static func digest(_ messages: [JSONValue], tools: [String], isStream: Bool) -> CallDigest {
        var digest = CallDigest(tools: tools, isStream: isStream)
        var system: [String] = []
        for message in messages {
            switch message["role"]?.string {
            case "system", "developer": system.append(text(of: message))
            case "user": digest.lastUser = text(of: message)
            case "assistant":
                digest.turn += 1
                digest.toolResults = []
            case "tool", "function": digest.toolResults.append(text(of: message))
            default: break
            }
        }
        if !system.isEmpty { digest.system = system.joined(separator: "\n") }
        return digest
    }

    /// Tokens of all messages, including their framing.
    static func tokens(_ messages: [JSONValue], _ model: ModelInfo) -> Int {
        var prompt = PromptTokens(model)
        /// The called functions, by call id.
        var called: [String: String] = [:]
        for message in messages {
            let role = message["role"]?.string
            prompt.beginMessage(isAssistant: role == "assistant", role: role, name: message["name"]?.string)
            for text in texts(of: message) { prompt.add(text: text) }
            if message["role"] == "tool" {
                prompt.add(resultOf: message["tool_call_id"]?.string.flatMap { called[$0] })
            }
            guard let list = message["tool_calls"]?.array ?? message["function_call"].map({ [["function": $0]] }) else {
                continue
            }
            let calls = list.map { call in
                let called = call["function"] ?? call["custom"]
                return (
                    name: called?["name"]?.string ?? "",
                    arguments: (called?["arguments"] ?? called?["input"])?.string ?? ""
                )
            }
            prompt.add(calls: calls)
            for (call, words) in zip(list, calls) { if let id = call["id"]?.string { called[id] = words.name } }
        }
        return prompt.sum
    }
}
