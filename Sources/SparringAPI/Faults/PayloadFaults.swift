import SparringJSON
package import SparringWire

/// Faults that change the content of an answer. These faults change the answer's events before the events become bytes.
package enum PayloadFaults {
    package static let all: [PayloadFault] =
        ErrorFaults.all + EventFaults.all + ChunkFaults.all + EscapeFaults.all + UsageFaults.all + ToolCallFaults.all
        + BodyFaults.all + HintFaults.all

    private static let named = Dictionary(all.map { ($0.kind.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// Whether a fault edits only events, and therefore cannot break a whole body. False for faults of other layers.
    package static func needsStream(_ name: String) -> Bool {
        guard let fault = named[name] else { return false }
        return fault.stream != nil && fault.whole == nil && fault.answer == nil
    }

    /// Applies the faults in order.
    ///
    /// - Parameter outcomes: receives the faults that had no effect.
    package static func apply(
        _ faults: [OrderedFault], to answer: inout Answer, endpoint: Endpoint, _ outcomes: inout FaultOutcomes
    ) {
        for ordered in faults {
            guard case .action(let action) = ordered.fault.effect, let payload = named[action.name] else { continue }
            if let reason = apply(
                payload, at: ordered.fault.point, arguments: action.arguments, id: ordered.id, to: &answer,
                endpoint: endpoint)
            {
                outcomes.miss(ordered.id, reason)
            }
        }
    }

    private static func apply(
        _ fault: PayloadFault, at point: Fault.Point, arguments: FaultArguments, id: FaultID, to answer: inout Answer,
        endpoint: Endpoint
    ) -> String? {
        var scene = PayloadFaultContext(arguments: arguments, endpoint: endpoint, first: [])
        if let edit = fault.answer {
            edit(scene, &answer)
            answer.faults.append(id)
            return nil
        }
        switch answer.body {
        case .none: return "the answer has no body"
        case .whole(let bytes):
            guard let edit = fault.whole else { return "the answer is a whole body, not a stream" }
            guard let edited = edit(scene, bytes) else { return "the body contains nothing that this fault can break" }
            answer.body = .whole(edited)
            answer.faults.append(id)
            return nil
        case .events(let events):
            guard fault.stream != nil else { return "the answer is a stream, not a whole body" }
            scene.first = events.first?.data ?? []
            var edit = PayloadEdit(fault, at: point, id: id, scene: scene)
            var edited = events.flatMap { edit.push($0) } + edit.finish()
            // A dropped event is recorded at the event before it.
            if edit.hasStruck, !edited.contains(where: { $0.faults.contains(id) }), !edited.isEmpty {
                edited[edited.count - 1].faults.append(id)
            }
            answer.body = .events(edited)
            if edit.hasStruck { return nil }
            return edit.isArmed
                ? "from \(point) on, none of the stream's \(events.count) events could be broken by this fault"
                : "the stream ended after \(events.count) events, before \(point)"
        }
    }
}

/// Applies one payload fault to a stream, event by event.
private struct PayloadEdit {
    private let fault: PayloadFault
    private let point: Fault.Point
    private let id: FaultID
    private var scene: PayloadFaultContext
    private(set) var hasStruck = false
    /// True once the fault's point is reached: the fault then waits for an event that it can break.
    private(set) var isArmed = false
    private var isOver = false
    private var contents = 0
    private var tokens = 0

    init(_ fault: PayloadFault, at point: Fault.Point, id: FaultID, scene: PayloadFaultContext) {
        self.fault = fault
        self.point = point
        self.id = id
        self.scene = scene
    }

    mutating func push(_ event: Event) -> [Event] {
        if isOver { return [] }
        let isContent = if case .content = event.kind { true } else { false }
        scene.isClosing = event.kind == .done || (event.kind == .finish && scene.endpoint.streamsEndByThemselves)
        if !isArmed, isReached(beforeContent: isContent, beforeClosing: scene.isClosing) { isArmed = true }
        let output = isArmed && (!hasStruck || fault.isLasting) ? strike(event) : [event]
        scene.events += 1
        if case .content(let count) = event.kind {
            contents += 1
            tokens += count
            scene.latest = event
        }
        return output
    }

    /// Applies a fault whose point is directly after the last event.
    mutating func finish() -> [Event] {
        if !scene.held.isEmpty {
            defer { scene.held = [] }
            return scene.held
        }
        guard !hasStruck, !isOver, isReached(beforeContent: false, beforeClosing: false), let epilogue = fault.epilogue
        else { return [] }
        return struck(epilogue(scene))
    }

    private func isReached(beforeContent: Bool, beforeClosing: Bool) -> Bool {
        switch point {
        case .start, .head: true
        case .firstContent: beforeContent
        case .done: beforeClosing
        case .event(let n, _): scene.events >= n
        case .content(let n, _): contents >= n
        case .token(let n): tokens >= n
        case .byte, .headByte, .elapsed, .end, .connection, .requestHead: false
        }
    }

    private mutating func strike(_ event: Event) -> [Event] {
        switch fault.stream?(&scene, event) ?? .pass {
        case .pass: return [event]
        case .hold: return []
        case .release(let events): return events
        case .instead(let events): return struck(events)
        case .last(let events):
            isOver = true
            return struck(events)
        }
    }

    private mutating func struck(_ events: [Event]) -> [Event] {
        defer { hasStruck = true }
        var events = events
        if !hasStruck, !events.isEmpty { events[0].faults.append(id) }
        return events
    }
}

extension Event {
    /// The event with changed JSON; nil if the event contains no object, or if `change` returns false.
    func editing(_ change: (inout JSONObject) -> Bool) -> Event? {
        guard kind != .done, case .object(var object)? = try? JSONValue.parse(data), change(&object) else { return nil }
        var edited = self
        edited.data = JSONValue.object(object).serialized()
        return edited
    }

    /// Like `editing`, for each choice of a chat chunk.
    func editingChoices(_ change: (inout JSONObject) -> Bool) -> Event? {
        editing { chunk in
            guard let choices = chunk["choices"]?.array else { return false }
            var hasChanged = false
            chunk["choices"] = .array(
                choices.map { choice in
                    guard case .object(var object) = choice, change(&object) else { return choice }
                    hasChanged = true
                    return .object(object)
                })
            return hasChanged
        }
    }

    /// Like `editing`, for each delta of a chat chunk.
    func editingDeltas(_ change: (inout JSONObject) -> Bool) -> Event? {
        editingChoices { choice in
            guard case .object(var delta)? = choice["delta"], change(&delta) else { return false }
            choice["delta"] = .object(delta)
            return true
        }
    }
}

/// Like `Event.editing`, for a whole body.
func editing(_ body: [UInt8], _ change: (inout JSONObject) -> Bool) -> [UInt8]? {
    guard case .object(var object)? = try? JSONValue.parse(body), change(&object) else { return nil }
    return JSONValue.object(object).serialized()
}
