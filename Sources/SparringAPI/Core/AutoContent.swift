import SparringJSON

/// Invents the model's answer to a request. Equal requests get equal answers, and different requests get different answers.
package enum AutoContent {
    static func content(for request: ChatRequest) -> Content {
        content(
            request.tools.offered, choice: request.tools.choice, format: request.format, digest: request.digest,
            customText: forcedCustom(request.tools).map { .string(customText($0.grammar) ?? "") })
    }

    static func content(for request: ResponsesRequest) -> Content {
        content(
            request.tools.functions, choice: request.tools.choice, format: request.format, digest: request.digest)
    }

    static func content(for call: RealtimeCall) -> Content {
        content(call.tools.functions, choice: call.tools.choice, format: .text, digest: call.digest)
    }

    /// A continuation of a prompt. It is a greeting if there is no prompt, or if the prompt is given as tokens.
    package static func continuation(of prompt: String?) -> String { sentence(CallDigest(lastUser: prompt)) }

    private static func content(
        _ functions: [ResponsesTools.Function], choice: ResponsesTools.Choice, format: ResponsesRequest.Format,
        digest: CallDigest, customText: JSONValue? = .none
    ) -> Content {
        if let function = forced(functions, choice) {
            if let text = customText {
                return .toolCalls([ToolCall(name: function.name, arguments: text.text())], text: nil)
            }
            let arguments = SchemaInstance.example(of: function.parameters ?? ["type": "object"])
            return .toolCalls([ToolCall(name: function.name, arguments: arguments.text())], text: nil)
        }
        switch format {
        case .jsonSchema(let schema): return .text(SchemaInstance.example(of: schema).text())
        case .jsonObject: return .text(JSONValue.object(["answer": .string(sentence(digest))]).text())
        case .text: return .text(sentence(digest))
        }
    }

    // MARK: Constraints that invented content cannot meet

    /// The reason why an answer that meets the request's constraints cannot be invented; nil if it can.
    static func obstacle(for request: ChatRequest) -> String? {
        if let custom = forcedCustom(request.tools) {
            guard customText(custom.grammar) == nil else { return nil }
            let syntax = custom.grammar?.syntax ?? ""
            return "no input can be invented for the \(syntax) grammar of the tool '\(custom.name)'; script the call"
        }
        if let function = forced(request.tools.offered, request.tools.choice) {
            guard let schema = function.parameters, SchemaInstance.instance(of: schema) == nil else { return nil }
            return "no arguments satisfy the schema of the function '\(function.name)'"
        }
        guard case .jsonSchema(let schema) = request.format, SchemaInstance.instance(of: schema) == nil else {
            return nil
        }
        return "no document satisfies the schema of `response_format`"
    }

    private static func forcedCustom(_ tools: ChatTools) -> (name: String, grammar: ChatTools.Grammar?)? {
        guard let tool = forced(tools.offered, tools.choice), tools.isCustom(tool.name) else { return nil }
        return (tool.name, tools.grammar(of: tool.name))
    }

    /// A text that follows a grammar; nil if the grammar needs a full parser or an unsupported pattern.
    private static func customText(_ grammar: ChatTools.Grammar?) -> String? {
        guard let grammar else { return "text" }
        return grammar.syntax == "regex"
            ? SchemaInstancePattern(grammar.definition)?.example(minimumLength: 0) : nil
    }

    private static func forced(
        _ functions: [ResponsesTools.Function], _ choice: ResponsesTools.Choice
    ) -> ResponsesTools.Function? {
        switch choice {
        case .required: functions.first
        case .function(let name): functions.first { $0.name == name }
        case .auto, .none, .other: nil
        }
    }

    private static func sentence(_ digest: CallDigest) -> String {
        if let result = digest.toolResults.last, !result.isEmpty { return "The tool answered: \(excerpt(result))" }
        guard let text = digest.lastUser, !text.isEmpty else { return "Hello! I am a sparring partner, not a model." }
        return "You said: \(excerpt(text)). I am a sparring partner, not a model, and I answer the same every time."
    }

    private static func excerpt(_ text: String) -> String {
        text.count <= 200 ? text : text.prefix(200) + "…"
    }
}
