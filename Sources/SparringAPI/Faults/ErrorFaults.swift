import SparringJSON
package import SparringWire

/// Errors inside a stream with status 200, and JSON that ends too early.
enum ErrorFaults {
    static let all = [error, malformedJSON]

    private static let forms = ["object", "named", "text", "flat", "then_done"]

    static let error = PayloadFault(
        kind: FaultKind(
            "error", .payload, at: .betweenEvents, usually: .event(2),
            takes: [
                FaultParameter(.error, .inBandError, ErrorCatalogue.inBand(named: "server_error").map { .error($0) }),
                FaultParameter(.form, .choice(forms), .text("object")),
            ],
            "an error event in place of the rest: the API's error object (alone, with `event: error`, or "
                + "followed by [DONE]), its inner object, or plain text"),
        stream: { scene, event in
            let events = events(scene)
            // The stream's own `[DONE]` follows, unless the fault replaced it.
            return .last(scene.arguments.text(.form) == "then_done" ? events + [.done] : events)
        },
        epilogue: { events($0) })

    static let malformedJSON = PayloadFault(
        kind: FaultKind(
            "malformed_json", .payload, at: .betweenEvents, usually: .event(2),
            "cuts the JSON of the next event or of the body in half; the framing of the event stays correct"),
        stream: { _, event in
            guard event.kind != .done else { return .pass }
            var broken = event
            broken.data = Array(event.data.prefix(event.data.count / 2))
            return .instead([broken])
        },
        whole: { _, bytes in Array(bytes.prefix(bytes.count / 2)) })

    private static func events(_ scene: PayloadFaultContext) -> [Event] {
        guard let error = scene.arguments.error(.error) else { return [] }
        let form = scene.arguments.text(.form)
        if scene.endpoint.streamsResponses, form != "flat", form != "text" { return responses(error, scene) }
        if scene.endpoint == .realtime, form != "flat", form != "text" {
            var ids = IDMint(for: "error \(scene.events)")
            let event = APIError(type: error.type, message: error.message, param: error.param, code: error.code)
            return [event.realtimeEvent(cause: nil, ids: &ids)]
        }
        let object = error.json
        let body: JSONValue =
            switch form {
            case "text": ["error": .string(error.message)]
            case "flat": object
            default: ["error": object]
            }
        return [Event(name: form == "named" ? "error" : nil, data: body.serialized(), kind: .error)]
    }

    private static func responses(_ error: Fault.InBandError, _ scene: PayloadFaultContext) -> [Event] {
        let body: JSONValue = [
            "type": "error", "sequence_number": .int(scene.events),
            "error": [
                "type": .string(error.type), "code": .string(orNull: error.code), "message": .string(error.message),
                "param": .string(orNull: error.param),
            ],
        ]
        let response = (try? JSONValue.parse(scene.first))?["response"] ?? [:]
        let failure: JSONValue = ["code": .string(error.code ?? error.type), "message": .string(error.message)]
        let failed: JSONValue = [
            "type": "response.failed", "sequence_number": .int(scene.events + 1),
            "response": response.replacing("status", with: "failed").replacing("error", with: failure),
        ]
        return [
            Event(name: "error", data: body.serialized(), kind: .error),
            Event(name: "response.failed", data: failed.serialized(), kind: .error),
        ]
    }
}

extension Fault.InBandError {
    var json: JSONValue {
        [
            "message": .string(message), "type": .string(type), "param": .string(orNull: param),
            "code": .string(orNull: code),
        ]
    }
}

extension Fault.Action {
    package static func error(_ error: Fault.InBandError) -> Fault.Action {
        Fault.Action(ErrorFaults.error.kind, [.error(error), .text("object")])
    }

    package static let malformedJSON = Fault.Action(ErrorFaults.malformedJSON.kind)
    package static let dropDone = Fault.Action(EventFaults.dropDone.kind)
    package static let dropFinishReason = Fault.Action(ChunkFaults.dropFinishReason.kind)
}
