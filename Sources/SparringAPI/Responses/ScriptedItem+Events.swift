import SparringJSON
import SparringTokens

extension ScriptedItem {
    /// An event or a run of deltas between the start and the end of an item.
    enum Move: Sendable {
        /// The members except `type`, `output_index` and `sequence_number`.
        case event(String, JSONObject)
        /// One event for each piece of a text, with the piece as its `delta`.
        case deltas(String, [TokenPiece], JSONObject, topLogprobs: Int? = nil)
    }

    /// Source: recorded streams, and otherwise the official OpenAPI document (docs/measurements/fidelity.md).
    var moves: [Move] {
        let failed = done["status"] == "failed" || done["error"]?.isNull == false
        switch type {
        case "message": return messageMoves
        case "reasoning": return reasoningMoves
        case "function_call":
            return written("function_call_arguments", "arguments", ["name": done["name"] ?? nil])
        case "custom_tool_call": return written("custom_tool_call_input", "input")
        case "web_search_call", "file_search_call": return [step("in_progress"), step("searching"), step("completed")]
        case "code_interpreter_call":
            return [step("in_progress")] + written("code_interpreter_call_code", "code")
                + [step("interpreting"), step("completed")]
        case "image_generation_call":
            return [step("in_progress"), step("generating")] + partialMoves + [step("completed")]
        case "mcp_list_tools": return [step("in_progress"), step(failed ? "failed" : "completed")]
        case "mcp_call":
            return [step("in_progress")] + written("mcp_call_arguments", "arguments")
                + [step(failed ? "failed" : "completed")]
        case "apply_patch_call": return diffMoves
        case "shell_call": return commandMoves
        case "shell_call_output": return shellOutputMoves
        default: return []
        }
    }

    private var itemID: JSONObject { ["item_id": .string(id)] }

    private func step(_ name: String) -> Move { .event("response.\(type).\(name)", itemID) }

    private func pieces(_ text: String) -> [TokenPiece] { text.isEmpty ? [] : counter.pieces(text) }

    /// The events of a text: first its pieces, then the whole text.
    private func written(_ event: String, _ member: String, _ more: JSONObject = [:]) -> [Move] {
        let text = done[member]?.string ?? ""
        var whole = itemID
        whole[member] = .string(text)
        whole.members += more.members
        return [
            .deltas("response.\(event).delta", pieces(text), itemID), .event("response.\(event).done", whole),
        ]
    }

    // MARK: Messages

    private var messageMoves: [Move] {
        (done["content"]?.array ?? []).enumerated().flatMap { index, part -> [Move] in
            var place = itemID
            place["content_index"] = .int(index)
            let isRefusal = part["type"] == "refusal"
            let member = isRefusal ? "refusal" : "text"
            let event = isRefusal ? "response.refusal" : "response.output_text"
            let text = part[member]?.string ?? ""
            let annotations = part["annotations"]?.array ?? []
            let started = part.replacing(member, with: "")
            let logprobs = part["logprobs"]?.array ?? []
            let top = logprobs.first?["top_logprobs"]?.array?.count
            var whole = isRefusal ? place : place.with("logprobs", .array(logprobs))
            whole[member] = .string(text)
            return [
                .event(
                    "response.content_part.added",
                    place.with(
                        "part",
                        isRefusal ? started : started.replacing("annotations", with: []).replacing("logprobs", with: [])
                    ))
            ]
                + [
                    .deltas(
                        "\(event).delta", pieces(text), isRefusal ? place : place.with("logprobs", []),
                        topLogprobs: top)
                ]
                + annotations.enumerated().map { number, annotation in
                    .event(
                        "response.output_text.annotation.added",
                        place.with("annotation", annotation).with("annotation_index", .int(number)))
                }
                + [.event("\(event).done", whole), .event("response.content_part.done", place.with("part", part))]
        }
    }

    // MARK: Reasoning

    private var reasoningMoves: [Move] {
        let summary = (done["summary"]?.array ?? []).enumerated().flatMap { index, part -> [Move] in
            let place = itemID.with("summary_index", .int(index))
            let text = part["text"]?.string ?? ""
            let event = "response.reasoning_summary"
            return [
                .event("\(event)_part.added", place.with("part", part.replacing("text", with: ""))),
                .deltas("\(event)_text.delta", pieces(text), place),
                .event("\(event)_text.done", place.with("text", .string(text))),
                .event("\(event)_part.done", place.with("part", part)),
            ]
        }
        let content = (done["content"]?.array ?? []).enumerated().flatMap { index, part -> [Move] in
            let place = itemID.with("content_index", .int(index))
            let text = part["text"]?.string ?? ""
            return [
                .event("response.content_part.added", place.with("part", part.replacing("text", with: ""))),
                .deltas("response.reasoning_text.delta", pieces(text), place),
                .event("response.reasoning_text.done", place.with("text", .string(text))),
                .event("response.content_part.done", place.with("part", part)),
            ]
        }
        return summary + content
    }

    // MARK: Tools

    private var partialMoves: [Move] {
        partialImages.enumerated().map { index, image in
            var members = itemID.with("partial_image_b64", .string(image)).with("partial_image_index", .int(index))
            for name in ["background", "output_format", "quality", "size"] {
                if let value = done[name] { members[name] = value }
            }
            return .event("response.image_generation_call.partial_image", members)
        }
    }

    /// The events of the diff of a file that is created or changed. A deleted file has no diff and no events.
    private var diffMoves: [Move] {
        guard let diff = done["operation"]?["diff"]?.string else { return [] }
        let event = "response.apply_patch_call_operation_diff"
        return [
            .deltas("\(event).delta", pieces(diff), itemID),
            .event("\(event).done", itemID.with("diff", .string(diff))),
        ]
    }

    private var commandMoves: [Move] {
        (done["action"]?["commands"]?.array ?? []).enumerated().flatMap { index, command -> [Move] in
            let place: JSONObject = ["command_index": .int(index)]
            let event = "response.shell_call_command"
            return [
                .event("\(event).added", place.with("command", "")),
                .deltas("\(event).delta", pieces(command.string ?? ""), place),
                .event("\(event).done", place.with("command", command)),
            ]
        }
    }

    private var shellOutputMoves: [Move] {
        let outputs = done["output"]?.array ?? []
        return outputs.enumerated().flatMap { index, output -> [Move] in
            let place = itemID.with("command_index", .int(index))
            let event = "response.shell_call_output_content"
            let streams = ["stdout", "stderr"].compactMap { name -> Move? in
                guard let text = output[name]?.string, !text.isEmpty else { return nil }
                return .event("\(event).delta", place.with("delta", .object([name: .string(text)])))
            }
            return streams + [.event("\(event).done", place.with("output", .array([output])))]
        }
    }
}

extension JSONObject {
    func with(_ name: String, _ value: JSONValue) -> JSONObject {
        var copy = self
        copy[name] = value
        return copy
    }
}
