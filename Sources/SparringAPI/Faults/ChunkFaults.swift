import SparringJSON
import SparringWire

/// Members of events and bodies that are missing, null, unknown or wrong.
enum ChunkFaults {
    static let all = [
        dropFinishReason, unknownField, unknownValue, missingField, nullField, emptyField, extraDelta, emptyChoices,
        secondRole,
        changedID, dropUsage, doubleUsage,
    ]

    static let dropFinishReason = PayloadFault(
        kind: FaultKind(
            "drop_finish_reason", .payload, at: .betweenEvents, usually: .start,
            "`finish_reason` is null in the event that should have a value"),
        stream: { _, event in instead(event.editingChoices(clearFinishReason)) },
        whole: { _, body in editingChoices(body, clearFinishReason) })

    /// Searches all chunks, because a legacy completion that reached its limit has the finish reason in the chunk of its last token.
    private static func clearFinishReason(_ choice: inout JSONObject) -> Bool {
        guard choice["finish_reason"]?.isNull == false else { return false }
        choice["finish_reason"] = .null
        return true
    }

    static let unknownField = PayloadFault(
        kind: FaultKind(
            "unknown_field", .payload, at: .betweenEvents, usually: .start,
            "adds an unknown field to every event from here on, or to the body"),
        stream: { _, event in instead(event.editing(addUnknown)) }, isLasting: true,
        whole: { _, body in editing(body, addUnknown) })

    private static func addUnknown(_ object: inout JSONObject) -> Bool {
        object["x_sparring"] = ["new": true]
        return true
    }

    static let unknownValue = PayloadFault(
        kind: FaultKind(
            "unknown_value", .payload, at: .betweenEvents, usually: .start,
            takes: [FaultParameter(.field, .choice(["finish_reason", "role", "object"]), .text("finish_reason"))],
            "the next field of that name in a chat answer has a value that is newer than the client"),
        stream: { scene, event in
            switch scene.arguments.text(.field) {
            case "role": instead(event.editingDeltas { replaceText("role", in: &$0) })
            case "object": instead(event.editing { replaceText("object", in: &$0) })
            default: instead(event.editingChoices { replaceText("finish_reason", in: &$0) })
            }
        },
        whole: { scene, body in
            switch scene.arguments.text(.field) {
            case "role": editingMessages(body) { replaceText("role", in: &$0) }
            case "object": editing(body) { replaceText("object", in: &$0) }
            default: editingChoices(body) { replaceText("finish_reason", in: &$0) }
            }
        })

    private static let fieldParameter = FaultParameter(.field, .text, .text("system_fingerprint"))

    static let missingField = PayloadFault(
        kind: FaultKind(
            "missing_field", .payload, at: .betweenEvents, usually: .start, takes: [fieldParameter],
            "removes that field (a name, or a path such as choices.0.delta) from every event from here on, or from "
                + "the body"),
        stream: { scene, event in instead(event.editing { scene.path.set(nil, in: &$0) }) },
        isLasting: true,
        whole: { scene, body in editing(body) { scene.path.set(nil, in: &$0) } })

    static let nullField = PayloadFault(
        kind: FaultKind(
            "null_field", .payload, at: .betweenEvents, usually: .start, takes: [fieldParameter],
            "sets that field (a name, or a path such as response.output) to null in every event from here on, or in "
                + "the body"),
        stream: { scene, event in instead(event.editing { scene.path.set(.null, in: &$0) }) },
        isLasting: true,
        whole: { scene, body in editing(body) { scene.path.set(.null, in: &$0) } })

    static let emptyField = PayloadFault(
        kind: FaultKind(
            "empty_field", .payload, at: .betweenEvents, usually: .start, takes: [fieldParameter],
            "sets that field (a name, or a path such as response.output), whatever its type, to an empty text in "
                + "every event from here on, or in the body"),
        stream: { scene, event in instead(event.editing { scene.path.set("", in: &$0) }) },
        isLasting: true,
        whole: { scene, body in editing(body) { scene.path.set("", in: &$0) } })

    static let extraDelta = PayloadFault(
        kind: FaultKind(
            "extra_delta", .payload, at: .betweenEvents, usually: .event(1),
            takes: [FaultParameter(.form, .choice(["empty", "null", "null_content", "missing"]), .text("empty"))],
            "adds a chat chunk whose delta is {}, is null, has null content, or is missing"),
        stream: { scene, event in
            let form = scene.arguments.text(.form)
            let extra = event.editingChoices { choice in
                guard choice["delta"] != nil else { return false }
                switch form {
                case "null": choice["delta"] = .null
                case "null_content": choice["delta"] = ["content": .null]
                case "missing": choice["delta"] = .none
                default: choice["delta"] = [:]
                }
                choice["finish_reason"] = .null
                return true
            }
            return extra.map { .instead([Event(data: $0.data), event]) } ?? .pass
        })

    static let emptyChoices = PayloadFault(
        kind: FaultKind(
            "empty_choices", .payload, at: .betweenEvents, usually: .start,
            "adds a chat chunk without choices, or removes the choices from the body; some gateways start "
                + "every stream with such a chunk"),
        stream: { _, event in
            let extra = event.editing { set("choices", [], in: &$0) }
            return extra.map { .instead([Event(data: $0.data), event]) } ?? .pass
        },
        whole: { _, body in editing(body) { set("choices", [], in: &$0) } })

    static let secondRole = PayloadFault(
        kind: FaultKind(
            "second_role", .payload, at: .betweenEvents, usually: .event(2),
            "repeats the role in the middle of a chat stream"),
        stream: { _, event in
            instead(
                event.editingDeltas { delta in
                    delta["role"] = "assistant"
                    return true
                })
        })

    static let changedID = PayloadFault(
        kind: FaultKind(
            "changed_id", .payload, at: .betweenEvents, usually: .event(2),
            "events have a different id from here on"),
        stream: { _, event in
            instead(
                event.editing { object in
                    if replaceText("id", in: &object) { return true }
                    guard case .object(var response)? = object["response"], replaceText("id", in: &response) else {
                        return replaceText("item_id", in: &object)
                    }
                    object["response"] = .object(response)
                    return true
                })
        }, isLasting: true)

    static let dropUsage = PayloadFault(
        kind: FaultKind(
            "drop_usage", .payload, at: .betweenEvents, usually: .start,
            "leaves out the chunk with the usage, or the usage of the body"),
        stream: { _, event in hasUsage(event) ? .instead([]) : .pass },
        whole: { _, body in editing(body) { remove("usage", from: &$0) } })

    static let doubleUsage = PayloadFault(
        kind: FaultKind(
            "double_usage", .payload, at: .betweenEvents, usually: .start, "sends the chunk with the usage twice"),
        stream: { _, event in hasUsage(event) ? .instead([event, event]) : .pass })

    // MARK: Edits

    private static func hasUsage(_ event: Event) -> Bool {
        event.kind == .frame && (try? JSONValue.parse(event.data))?["usage"]?.object != nil
    }

    private static func instead(_ event: Event?) -> PayloadFault.Outcome { event.map { .instead([$0]) } ?? .pass }

    private static func set(_ name: String, _ value: JSONValue, in object: inout JSONObject) -> Bool {
        guard object[name] != nil else { return false }
        object[name] = value
        return true
    }

    private static func remove(_ name: String, from object: inout JSONObject) -> Bool {
        guard object[name] != nil else { return false }
        object[name] = .none
        return true
    }

    private static func replaceText(_ name: String, in object: inout JSONObject) -> Bool {
        guard object[name]?.string != nil else { return false }
        object[name] = .string("sparring_\(name)")
        return true
    }

    private static func editingChoices(_ body: [UInt8], _ change: (inout JSONObject) -> Bool) -> [UInt8]? {
        Event(data: body).editingChoices(change)?.data
    }

    private static func editingMessages(_ body: [UInt8], _ change: (inout JSONObject) -> Bool) -> [UInt8]? {
        editingChoices(body) { choice in
            guard case .object(var message)? = choice["message"], change(&message) else { return false }
            choice["message"] = .object(message)
            return true
        }
    }
}

extension PayloadFaultContext {
    /// The field that the fault changes.
    fileprivate var path: FieldPath { FieldPath(arguments.text(.field)) }
}
