/// The members of a scripted item of one type, except `type`, `id` and `status`.
///
/// Source: the official OpenAPI document (`OutputItem`). Required members that a script omits are invented.
package struct ItemGrammar: Sendable {
    package let type: String
    package let required: [String]
    package let optional: [String]

    package var members: [String] { ["type", "id", "status"] + required + optional }

    package static func of(_ type: String) -> ItemGrammar? { all.first { $0.type == type } }

    private init(_ type: String, _ required: [String] = [], _ optional: [String] = []) {
        self.type = type
        self.required = required
        self.optional = optional
    }

    private static let origin = ["caller", "created_by"]

    package static let all: [ItemGrammar] = [
        ItemGrammar("message", [], ["text", "refusal", "content", "annotations", "phase"]),
        ItemGrammar("reasoning", [], ["summary", "content", "encrypted_content"]),
        ItemGrammar("function_call", ["name"], ["arguments", "call_id", "namespace", "caller"]),
        ItemGrammar("function_call_output", ["call_id", "output"], ["name", "namespace"] + origin),
        ItemGrammar("custom_tool_call", ["name", "input"], ["call_id", "namespace", "caller"]),
        ItemGrammar("custom_tool_call_output", ["call_id", "output"], origin),
        ItemGrammar("web_search_call", [], ["action"]),
        ItemGrammar("file_search_call", ["queries"], ["results"]),
        ItemGrammar("code_interpreter_call", ["code"], ["container_id", "outputs"]),
        ItemGrammar(
            "image_generation_call", [],
            [
                "result", "partial_images", "action", "background", "output_format", "quality", "revised_prompt",
                "size",
            ]),
        ItemGrammar("computer_call", [], ["action", "actions", "call_id", "pending_safety_checks"]),
        ItemGrammar("computer_call_output", ["call_id", "output"], ["acknowledged_safety_checks", "created_by"]),
        ItemGrammar("local_shell_call", ["action"], ["call_id"]),
        ItemGrammar("local_shell_call_output", ["output"], []),
        ItemGrammar("shell_call", ["action"], ["call_id", "environment"] + origin),
        ItemGrammar("shell_call_output", ["call_id", "output"], ["max_output_length"] + origin),
        ItemGrammar("apply_patch_call", ["operation"], ["call_id"] + origin),
        ItemGrammar("apply_patch_call_output", ["call_id"], ["output"] + origin),
        ItemGrammar("mcp_list_tools", ["server_label", "tools"], ["error"]),
        ItemGrammar("mcp_call", ["server_label", "name"], ["arguments", "output", "error", "approval_request_id"]),
        ItemGrammar("mcp_approval_request", ["server_label", "name"], ["arguments"]),
        ItemGrammar("mcp_approval_response", ["approval_request_id", "approve"], ["reason"]),
        ItemGrammar("tool_search_call", ["arguments"], ["call_id", "execution", "created_by"]),
        ItemGrammar("tool_search_output", ["tools"], ["call_id", "execution", "created_by"]),
        ItemGrammar("additional_tools", ["tools"], ["role"]),
        ItemGrammar("program", ["code"], ["call_id", "fingerprint"]),
        ItemGrammar("program_output", ["call_id", "result"], []),
        ItemGrammar("compaction", [], ["encrypted_content", "created_by"]),
    ]
}
