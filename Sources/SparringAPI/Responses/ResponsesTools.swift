package import SparringJSON

/// The `tools` and `tool_choice` of a responses request.
package struct ResponsesTools: Sendable, Hashable {
    /// A tool that the client runs, which an invented answer may call.
    package struct Function: Sendable, Hashable {
        package var name: String
        /// JSON Schema of the arguments.
        package var parameters: JSONValue?
    }

    package enum Choice: Sendable, Hashable {
        case auto
        case none
        case required
        /// A function, by name.
        case function(String)
        /// A built-in tool, or a choice among several tools.
        case other

        /// The function that must be called, if the request names one.
        var function: String? { if case .function(let name) = self { name } else { nil } }
    }

    package var functions: [Function]
    package var choice: Choice
    /// The names of functions and custom tools, and the types of built-in tools.
    var names: [String]
    /// `tools` and `tool_choice` as the response repeats them.
    var echo: [JSONValue]
    var choiceEcho: JSONValue

    init(tools: JSONValue?, choice: JSONValue?) {
        let tools = tools?.array ?? []
        functions = tools.filter { $0["type"] == "function" }.map { tool in
            Function(name: tool["name"]?.string ?? "", parameters: tool["parameters"]?.unlessNull)
        }
        names = tools.compactMap { $0["name"]?.string ?? $0["type"]?.string }
        echo = tools.map(ResponsesToolEcho.of)
        switch (choice?.string, choice?["type"]?.string) {
        case ("none", _): self.choice = .none
        case ("required", _): self.choice = .required
        case (_, "function"): self.choice = .function(choice?["name"]?.string ?? "")
        case (nil, .some): self.choice = .other
        default: self.choice = .auto
        }
        choiceEcho = choice?.unlessNull ?? "auto"
    }

    /// The error for a choice of a tool that the request does not offer.
    func unavailable() -> APIError? {
        let missing: String? =
            switch choice {
            case .function(let name) where !names.contains(name): name
            case .other where choiceEcho["type"] != "allowed_tools":
                choiceEcho["name"]?.string ?? choiceEcho["type"]?.string
            default: nil
            }
        if let missing, !names.contains(missing), !offersMCP {
            return APIError(message: "Tool choice '\(missing)' not found in 'tools' parameter.", param: "tool_choice")
        }
        guard choice == .required, names.isEmpty else { return nil }
        return APIError(
            message: "Tool choice 'required' must be specified with 'tools' parameter.",
            param: "tool_choice"
        )
    }

    /// True if the choice is a tool of an MCP server: only the server knows its tools.
    private var offersMCP: Bool { choiceEcho["type"] == "mcp" && echo.contains { $0["type"] == "mcp" } }

    /// The tokens that the tools add to the prompt.
    ///
    /// - Parameter isAlone: true if there are no instructions and no system message.
    func promptTokens(for model: ModelInfo, isAlone: Bool) -> Int {
        guard !echo.isEmpty else { return 0 }
        var declarations = ToolDeclarations()
        var hosted = 0
        for tool in echo {
            if tool["type"] == "function" {
                declarations.add(
                    name: tool["name"]?.string ?? "", description: tool["description"]?.string,
                    parameters: tool["parameters"])
            } else {
                hosted += Self.hostedTool
            }
        }
        return declarations.tokens(for: model, isAlone: isAlone, forced: choice.function) + hosted
    }

    /// The estimated tokens of a built-in tool: no recording shows the text of one in the prompt.
    private static let hostedTool = 25
}

// MARK: - Checking

extension ResponsesTools {
    private static let types = [
        "function", "file_search", "computer", "computer_use_preview", "web_search", "web_search_2025_08_26", "mcp",
        "code_interpreter", "programmatic_tool_calling", "image_generation", "local_shell", "shell", "custom",
        "namespace",
        "tool_search", "web_search_preview", "web_search_preview_2025_03_11", "apply_patch",
    ]

    @Sendable static func checkTool(_ value: JSONValue, _ path: String) throws(APIError) {
        let tool = try ParameterShape.object(value, path)
        guard let type = tool["type"], !type.isNull else { throw .missing("\(path).type") }
        try ParameterShape.choice(types).check(type, at: "\(path).type")
        let required: [String] =
            switch type.string {
            case "function", "custom": ["name"]
            case "mcp": ["server_label"]
            case "code_interpreter": ["container"]
            case "file_search": ["vector_store_ids"]
            default: []
            }
        for name in required where tool[name]?.isNull ?? true { throw .missing("\(path).\(name)") }
        guard type.string == "function", let name = tool["name"] else { return }
        try checkName(name, "\(path).name")
        if let parameters = tool["parameters"], !parameters.isNull {
            _ = try ParameterShape.object(parameters, "\(path).parameters")
        }
        if let strict = tool["strict"], !strict.isNull {
            try ParameterShape.boolean.check(strict, at: "\(path).strict")
        }
        // If `strict` is missing, the API applies strict mode as far as the schema allows.
        guard tool["strict"] == true, let schema = tool["parameters"], !schema.isNull,
            let complaint = StrictSchema.complaint(schema, isStrict: true)
        else { return }
        throw APIError(
            message: "Invalid schema for function '\(tool["name"]?.string ?? "")': \(complaint)",
            param: "\(path).parameters", code: "invalid_function_parameters")
    }

    @Sendable static func checkChoice(_ value: JSONValue, _ path: String) throws(APIError) {
        switch value {
        case .string: try ParameterShape.choice(["none", "auto", "required"]).check(value, at: path)
        case .object(let choice):
            guard let type = choice["type"], !type.isNull else { throw .missing("\(path).type") }
            try ParameterShape.string().check(type, at: "\(path).type")
            guard type == "function" || type == "custom" else { return }
            guard let name = choice["name"], !name.isNull else { throw .missing("\(path).name") }
            try ParameterShape.string().check(name, at: "\(path).name")
        default:
            throw .invalidType(path, expected: "one of an object or 'none', 'auto', or 'required'", got: value)
        }
    }

    /// Names of functions and formats: letters, digits, `_` and `-`, at most 64.
    static func checkName(_ value: JSONValue, _ path: String) throws(APIError) {
        try ParameterShape.string(maximum: 64).check(value, at: path)
        let name = value.string ?? ""
        guard !name.isEmpty else { throw .emptyString(path) }
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard !isPlain else { return }
        throw APIError(
            message: "Invalid '\(path)': string does not match pattern. Expected a string that matches the pattern "
                + "'^[a-zA-Z0-9_-]+$'.",
            param: path,
            code: "invalid_value"
        )
    }
}
