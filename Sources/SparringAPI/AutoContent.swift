import SparringJSON

/// What a model might say, made up from the request: the same request gets the same answer, another one another.
package enum AutoContent {
    /// Nil for calls that say nothing.
    package static func content(for call: Call) -> Content? {
        switch call {
        case .chat(let request): content(request.tools.offered, request.tools.choice, request.format, request.digest)
        case .responses(let request):
            content(request.tools.functions, request.tools.choice, request.format, request.digest)
        // A completion continues each of its prompts, so its words are made where these are known.
        case .completions, .moderations, .embeddings: nil
        }
    }

    /// What follows on a prompt; nil where it came as tokens.
    static func continuation(of prompt: String?) -> String { sentence(CallDigest(lastUser: prompt)) }

    private static func content(
        _ functions: [ResponsesTools.Function], _ choice: ResponsesTools.Choice, _ format: ResponsesRequest.Format,
        _ digest: CallDigest
    ) -> Content {
        if let function = forced(functions, choice) {
            let arguments = SchemaInstance.example(of: function.parameters ?? ["type": "object"])
            return .toolCalls([ToolCall(name: function.name, arguments: arguments.text())], text: nil)
        }
        switch format {
        case .jsonSchema(let schema): return .text(SchemaInstance.example(of: schema).text())
        case .jsonObject: return .text(JSONValue.object(["answer": .string(sentence(digest))]).text())
        case .text: return .text(sentence(digest))
        }
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
