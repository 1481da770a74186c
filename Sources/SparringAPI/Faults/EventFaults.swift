import SparringJSON
import SparringWire

/// Events that are missing, extra, too large or out of order, independent of their content.
enum EventFaults {
    static let all = [
        dropEvent, duplicateEvent, swapEvents, dropDone, afterDone, unknownEvent, hugeEvent, lineSeparator,
    ]

    static let dropEvent = PayloadFault(
        kind: FaultKind(
            "drop_event", .payload, at: .betweenEvents, usually: .event(2), "leaves out the next event"),
        stream: { _, event in event.kind == .done ? .pass : .instead([]) })

    static let duplicateEvent = PayloadFault(
        kind: FaultKind(
            "duplicate_event", .payload, at: .betweenEvents, usually: .event(2), "sends the next event twice"),
        stream: { _, event in .instead([event, event]) })

    static let swapEvents = PayloadFault(
        kind: FaultKind(
            "swap_events", .payload, at: .betweenEvents, usually: .event(1),
            "swaps the next two events"),
        stream: { scene, event in
            guard let first = scene.held.first else {
                scene.held = [event]
                return .hold
            }
            scene.held = []
            return .instead([event, first])
        })

    static let dropDone = PayloadFault(
        kind: FaultKind(
            "drop_done", .payload, at: .betweenEvents, usually: .done,
            "leaves out the event that ends the stream ([DONE], or the last event of a response)"),
        stream: { scene, _ in scene.isClosing ? .last([]) : .pass })

    static let afterDone = PayloadFault(
        kind: FaultKind(
            "after_done", .payload, at: .betweenEvents, usually: .done,
            "sends an event with content after [DONE]; clients do not read that event"),
        stream: { scene, event in
            guard event.kind == .done else { return .pass }
            let late = scene.latest ?? Event(data: scene.first)
            return .instead([event, Event(name: late.name, data: late.data)])
        })

    static let unknownEvent = PayloadFault(
        kind: FaultKind(
            "unknown_event", .payload, at: .betweenEvents, usually: .event(1),
            "sends an event of an unknown type, which clients should skip"),
        stream: { scene, event in
            // The events of Responses and of Realtime sessions have a type.
            let isTyped = scene.endpoint.streamsResponses || scene.endpoint == .realtime
            let body: JSONValue =
                isTyped
                ? ["type": "response.sparring.delta", "sequence_number": .int(scene.events), "delta": "?"]
                : ["object": "sparring.chunk", "detail": "?"]
            let name = isTyped ? "response.sparring.delta" : "sparring"
            return .instead([Event(name: name, data: body.serialized()), event])
        })

    static let hugeEvent = PayloadFault(
        kind: FaultKind(
            "huge_event", .payload, at: .betweenEvents, usually: .event(2),
            takes: [FaultParameter(.size, .size(1...100_000_000), .size(5_000_000))],
            "adds an unknown field of that size to the next event"),
        stream: { scene, event in
            let padding = String(repeating: "x", count: scene.arguments.integer(.size))
            let edited = event.editing { object in
                object["padding"] = .string(padding)
                return true
            }
            return edited.map { .instead([$0]) } ?? .pass
        },
        whole: { scene, body in
            editing(body) {
                $0["padding"] = .string(String(repeating: "x", count: scene.arguments.integer(.size))); return true
            }
        })

    static let lineSeparator = PayloadFault(
        kind: FaultKind(
            "line_separator", .payload, at: .betweenEvents, usually: .event(1),
            takes: [FaultParameter(.which, .choice(["U+2028", "U+2029", "U+0085"]), .text("U+2028"))],
            "the next content starts with a character that is a line end in Unicode, but not in an event stream"),
        stream: { scene, event in
            guard case .content = event.kind else { return .pass }
            let text = separators[scene.arguments.text(.which)] ?? "\u{2028}"
            let edited = event.editing { prefix(text, to: &$0) }
            return edited.map { .instead([$0]) } ?? .pass
        })

    private static let separators = ["U+2028": "\u{2028}", "U+2029": "\u{2029}", "U+0085": "\u{85}"]

    /// Inserts text before the content of a chat chunk or of a response's delta.
    private static func prefix(_ text: String, to object: inout JSONObject) -> Bool {
        if let delta = object["delta"]?.string {
            object["delta"] = .string(text + delta)
            return true
        }
        guard case .object(var choice)? = object["choices"]?[0], case .object(var delta)? = choice["delta"],
            let content = delta["content"]?.string
        else { return false }
        delta["content"] = .string(text + content)
        choice["delta"] = .object(delta)
        object["choices"] = .array([.object(choice)])
        return true
    }
}
