import SparringJSON
import SparringWire

/// Faults of tool calls, which clients assemble from a chat stream's deltas by index.
enum ToolCallFaults {
    static let all = [toolIndexGap, toolCallsInterleaved, toolID, toolArguments]

    static let toolIndexGap = PayloadFault(
        kind: FaultKind(
            "tool_index_gap", .payload, at: .betweenEvents, usually: .start,
            "the indices of tool calls start at 5, as on some servers"),
        stream: { _, event in
            instead(event) { call, _ in
                guard let index = call["index"]?.int else { return false }
                call["index"] = .int(index + 5)
                return true
            }
        }, isLasting: true)

    static let toolCallsInterleaved = PayloadFault(
        kind: FaultKind(
            "tool_calls_interleaved", .payload, at: .betweenEvents, usually: .start,
            "the arguments of several tool calls arrive in alternating pieces"),
        stream: { scene, event in
            if index(of: event) != nil {
                scene.held.append(event)
                return .hold
            }
            guard !scene.held.isEmpty else { return .pass }
            let calls = Dictionary(grouping: scene.held) { index(of: $0) ?? 0 }.sorted { $0.key < $1.key }.map(\.value)
            let held = scene.held
            scene.held = []
            guard calls.count > 1 else { return .release(held + [event]) }
            let longest = calls.map(\.count).max() ?? 0
            return .instead((0..<longest).flatMap { turn in calls.compactMap { $0.dropFirst(turn).first } } + [event])
        })

    static let toolID = PayloadFault(
        kind: FaultKind(
            "tool_id", .payload, at: .betweenEvents, usually: .start,
            takes: [FaultParameter(.form, .choice(["missing", "repeated", "empty"]), .text("missing"))],
            "the id of a tool call is missing, repeated in every delta, or empty in all deltas but the first"),
        stream: { scene, event in
            let form = scene.arguments.text(.form)
            return instead(event) { call, _ in
                switch form {
                case "missing":
                    guard call["id"] != nil else { return false }
                    call["id"] = .none
                case "repeated":
                    guard call["id"] == nil else { return false }
                    call["id"] = .string("call_sparring\(call["index"]?.int ?? 0)")
                default:
                    guard call["id"] == nil else { return false }
                    call["id"] = ""
                }
                return true
            }
        }, isLasting: true)

    static let toolArguments = PayloadFault(
        kind: FaultKind(
            "tool_arguments", .payload, at: .betweenEvents, usually: .start,
            "the arguments of a tool call are not JSON: they start with an extra brace"),
        stream: { _, event in
            instead(event) { _, function in
                guard let text = function["arguments"]?.string, !text.isEmpty else { return false }
                function["arguments"] = .string("{" + text)
                return true
            }
        },
        whole: { _, body in
            Event(data: body).editingChoices { choice in
                guard case .object(var message)? = choice["message"],
                    edit(
                        &message,
                        { _, function in
                            guard let text = function["arguments"]?.string else { return false }
                            function["arguments"] = .string("{" + text)
                            return true
                        })
                else { return false }
                choice["message"] = .object(message)
                return true
            }?.data
        })

    // MARK: Edits

    private typealias Change = (_ call: inout JSONObject, _ function: inout JSONObject) -> Bool

    private static func instead(_ event: Event, _ change: Change) -> PayloadFault.Outcome {
        event.editingDeltas { edit(&$0, change) }.map { .instead([$0]) } ?? .pass
    }

    /// Changes each tool call of a delta or a message.
    private static func edit(_ message: inout JSONObject, _ change: Change) -> Bool {
        guard let calls = message["tool_calls"]?.array else { return false }
        var hasChanged = false
        message["tool_calls"] = .array(
            calls.map { value in
                guard case .object(var call) = value else { return value }
                var function = call["function"]?.object ?? JSONObject()
                guard change(&call, &function) else { return value }
                if call["function"] != nil { call["function"] = .object(function) }
                hasChanged = true
                return .object(call)
            })
        return hasChanged
    }

    /// The index of the only tool call in a chunk.
    private static func index(of event: Event) -> Int? {
        (try? JSONValue.parse(event.data))?["choices"]?[0]?["delta"]?["tool_calls"]?[0]?["index"]?.int
    }
}
