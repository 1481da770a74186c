package import SparringJSON

/// A call of a tool that the API itself provides. An invented answer makes such a call if `tool_choice` demands it.
///
/// Sparring does not search the web, run code or connect to MCP servers: it invents the results, which state that they are invented. Images
/// come from the image operations, and files are found in the session's vector stores.
package struct HostedTool: Sendable, Hashable {
    /// The tool as the request declares it.
    package let declaration: JSONValue
    /// The text of the last user message.
    let question: String

    private var type: String { declaration["type"]?.string ?? "" }

    /// The stores that a file search reads; empty for other tools.
    package var vectorStores: [String] {
        type == "file_search" ? (declaration["vector_store_ids"]?.array ?? []).compactMap(\.string) : []
    }

    /// The search in vector stores that a file search makes.
    package var search: VectorStoreSearch {
        VectorStoreSearch(
            queries: [question],
            filter: (try? AttributeFilter.check(declaration["filters"]?.unlessNull, "filters")) ?? nil,
            limit: min(50, max(1, declaration["max_num_results"]?.int ?? 20)),
            threshold: declaration["ranking_options"]?["score_threshold"]?.double ?? 0)
    }

    /// The items of the answer, in the form of a script: the call, and also a message if the API continues without the
    /// client.
    ///
    /// - Parameters:
    ///   - results: the results of a file search.
    ///   - seed: the seed of the image.
    package func items(results: [VectorStoreSearch.Result], seed: Int) -> [JSONValue] {
        switch type {
        case "web_search", "web_search_2025_08_26", "web_search_preview", "web_search_preview_2025_03_11":
            return webSearch
        case "file_search": return fileSearch(results)
        case "code_interpreter": return codeInterpreter
        case "image_generation": return [image(seed: seed)]
        case "mcp": return mcp
        case "computer", "computer_use_preview":
            return [["type": "computer_call", "action": ["type": "screenshot"]]]
        case "shell":
            return [
                [
                    "type": "shell_call",
                    "action": ["commands": ["echo hello"], "timeout_ms": 10_000, "max_output_length": 4_096],
                ]
            ]
        case "local_shell": return [["type": "local_shell_call", "action": ["command": ["echo", "hello"]]]]
        case "apply_patch":
            return [
                [
                    "type": "apply_patch_call",
                    "operation": ["type": "create_file", "path": "hello.txt", "diff": "+hello\n"],
                ]
            ]
        default:
            return [
                ["type": "custom_tool_call", "name": declaration["name"] ?? "", "input": .string(question)]
            ]
        }
    }

    private static let disclaimer = "I am a sparring partner, not a model."

    private var webSearch: [JSONValue] {
        let address = "https://example.com/sparring"
        let text = "I searched for '\(question)' and found an invented page: \(address). \(Self.disclaimer)"
        let start = text.unicodeScalars.count - Self.disclaimer.unicodeScalars.count - address.unicodeScalars.count - 2
        return [
            [
                "type": "web_search_call",
                "action": [
                    "type": "search", "query": .string(question), "queries": [.string(question)],
                    "sources": [["type": "url", "url": .string(address)]],
                ],
            ],
            [
                "type": "message", "text": .string(text),
                "annotations": [
                    [
                        "type": "url_citation", "start_index": .int(start),
                        "end_index": .int(start + address.unicodeScalars.count), "title": "An invented page",
                        "url": .string(address),
                    ]
                ],
            ],
        ]
    }

    private func fileSearch(_ results: [VectorStoreSearch.Result]) -> [JSONValue] {
        let text =
            results.first.map { "I found this in \($0.piece.filename): \($0.piece.text.prefix(200))" }
            ?? "I found nothing about '\(question)'."
        let citations: [JSONValue] = results.prefix(1).map { result in
            [
                "type": "file_citation", "index": .int(text.unicodeScalars.count),
                "file_id": .string(result.piece.file), "filename": .string(result.piece.filename),
            ]
        }
        return [
            [
                "type": "file_search_call", "queries": [.string(question)],
                "results": .array(
                    results.map { result in
                        [
                            "attributes": result.piece.attributes, "file_id": .string(result.piece.file),
                            "filename": .string(result.piece.filename), "score": .number(JSONNumber(result.score)),
                            "text": .string(result.piece.text),
                        ]
                    }),
            ],
            ["type": "message", "text": .string(text), "annotations": .array(citations)],
        ]
    }

    private var codeInterpreter: [JSONValue] {
        var call: JSONObject = [
            "type": "code_interpreter_call", "code": "print(\"hello\")",
            "outputs": [["type": "logs", "logs": "hello\n"]],
        ]
        if let container = declaration["container"]?.string { call["container_id"] = .string(container) }
        return [
            .object(call),
            ["type": "message", "text": .string("The code would have printed hello. \(Self.disclaimer)")],
        ]
    }

    /// A call of a tool of an MCP server, or a request for approval, which is the API's default.
    private var mcp: [JSONValue] {
        let label = declaration["server_label"] ?? ""
        let tools: JSONValue = [
            ["name": "hello", "description": "Says hello.", "input_schema": ["type": "object"], "annotations": nil]
        ]
        let listed: JSONValue = ["type": "mcp_list_tools", "server_label": label, "tools": tools]
        guard declaration["require_approval"] == "never" else {
            return [
                listed, ["type": "mcp_approval_request", "server_label": label, "name": "hello", "arguments": [:]],
            ]
        }
        return [
            listed,
            [
                "type": "mcp_call", "server_label": label, "name": "hello", "arguments": [:],
                "output": .string("Hello from an invented server."),
            ],
            ["type": "message", "text": .string("The server said hello. \(Self.disclaimer)")],
        ]
    }

    private func image(seed: Int) -> JSONValue {
        let size = declaration["size"]?.string.flatMap(ImageSize.init) ?? .square
        var picture = Picture(
            prompt: String(question.prefix(Picture.longestPrompt)), width: min(3_840, max(1, size.width)),
            height: min(3_840, max(1, size.height)), seed: seed)
        picture.isTransparent = declaration["background"] == "transparent"
        let count = min(3, max(0, declaration["partial_images"]?.int ?? 0))
        let partial: [JSONValue] = (0..<count).map { index in
            var part = picture
            part.progress = Double(index + 1) / Double(count + 1)
            return .string(Base64.text(part.png))
        }
        return [
            "type": "image_generation_call", "action": "generate", "result": .string(Base64.text(picture.png)),
            "partial_images": .array(partial), "background": picture.isTransparent ? "transparent" : "opaque",
            "output_format": "png", "quality": "medium", "revised_prompt": .string(question),
            "size": .string(size.text),
        ]
    }
}

extension ResponsesRequest {
    /// The call that `tool_choice` demands and that no function can fulfil; nil if `tool_choice` demands no such call.
    package var hostedTool: HostedTool? {
        tools.wanted.map { HostedTool(declaration: $0, question: digest.lastUser ?? "") }
    }
}

extension ResponsesTools {
    /// The declaration of the built-in or custom tool that must be called.
    fileprivate var wanted: JSONValue? {
        switch choice {
        case .auto, .none, .function: return .none
        case .required: return functions.isEmpty ? echo.first(where: Self.isInventable) : .none
        case .other:
            guard choiceEcho["type"] == "allowed_tools" else { return declared(choiceEcho) }
            guard choiceEcho["mode"] == "required", let first = choiceEcho["tools"]?[0] else { return .none }
            return declared(first)
        }
    }

    private func declared(_ choice: JSONValue) -> JSONValue? {
        echo.first { tool in
            tool["type"] == choice["type"] && Self.isInventable(tool)
                && ["name", "server_label"].allSatisfy {
                    choice[$0] == nil || tool[$0] == nil || tool[$0] == choice[$0]
                }
        }
    }

    /// False for functions, which other code calls, and for tools whose input Sparring cannot invent.
    private static func isInventable(_ tool: JSONValue) -> Bool {
        switch tool["type"]?.string {
        case "function", "namespace", "tool_search", "programmatic_tool_calling", nil: false
        case "custom": tool["format"]?["type"] != "grammar"
        default: true
        }
    }
}
