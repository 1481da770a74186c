import SparringJSON
package import SparringWire

/// Faults that change what an answer says: applied to its events, before any byte is framed.
package enum PayloadFaults {
    /// Edits the answer in the order of the list.
    /// - Returns: the faults that could not take effect, by index, and why, in words for a person.
    package static func apply(_ faults: [Fault], to answer: inout Answer, endpoint: Endpoint) -> [Int: String] {
        var missed: [Int: String] = [:]
        for (index, fault) in faults.enumerated() {
            guard case .action(let action) = fault.effect, !fault.isOfTheWire else { continue }
            switch answer.body {
            case .events(let events):
                var edit = PayloadEdit(
                    fault.point, action, index: index, endpoint: endpoint, first: events.first?.data ?? [])
                var edited = events.flatMap { edit.push($0) } + edit.finish()
                // What was left out leaves its mark on the event before it.
                if edit.hasStruck, !edited.contains(where: { $0.faults.contains(index) }), !edited.isEmpty {
                    edited[edited.count - 1].faults.append(index)
                }
                answer.body = .events(edited)
                if !edit.hasStruck {
                    missed[index] = "the stream had \(events.count) events and never came to \(fault.point)"
                }
            case .whole(let bytes) where action == .malformedJSON:
                answer.body = .whole(Array(bytes.prefix(bytes.count / 2)))
            case .whole, .none: missed[index] = "the answer is a whole body, not a stream"
            }
        }
        return missed
    }
}

/// One payload fault on its way through a stream, an event at a time.
private struct PayloadEdit {
    private let point: Fault.Point
    private let action: Fault.Action
    private let index: Int
    private let endpoint: Endpoint
    /// The data of the first event: where the shape of a response is known from.
    private let first: [UInt8]
    private(set) var hasStruck = false
    /// Everything after an in-band error is left out.
    private var isOver = false
    private var events = 0
    private var contents = 0
    private var tokens = 0
    /// Waits for an event to do its work on.
    private var isArmed = false

    init(_ point: Fault.Point, _ action: Fault.Action, index: Int, endpoint: Endpoint, first: [UInt8]) {
        self.point = point
        self.action = action
        self.index = index
        self.endpoint = endpoint
        self.first = first
    }

    mutating func push(_ event: Event) -> [Event] {
        if isOver { return [] }
        let isContent = if case .content = event.kind { true } else { false }
        let isClosing = event.kind == .done || (event.kind == .finish && endpoint.streamsResponses)
        var output: [Event] = []
        if !hasStruck, !isArmed, isReached(beforeContent: isContent, beforeClosing: isClosing) { isArmed = true }
        if isArmed { output = strike(event, isClosing: isClosing) } else { output = [event] }
        events += 1
        if case .content(let count) = event.kind {
            contents += 1
            tokens += count
        }
        return output
    }

    /// A point just behind the last event is reached when nothing follows.
    mutating func finish() -> [Event] {
        guard !hasStruck, !isOver, isReached(beforeContent: false, beforeClosing: false),
            case .error(let error) = action
        else { return [] }
        hasStruck = true
        return marked(InBandError.events(error, endpoint: endpoint, sequence: events, first: first))
    }

    private func isReached(beforeContent: Bool, beforeClosing: Bool) -> Bool {
        switch point {
        case .start, .head: true
        case .firstContent: beforeContent
        case .done: beforeClosing
        case .event(let n, _): events >= n
        case .content(let n, _): contents >= n
        case .token(let n): tokens >= n
        case .byte, .elapsed: false
        }
    }

    private mutating func strike(_ event: Event, isClosing: Bool) -> [Event] {
        switch action {
        case .error(let error):
            isOver = true
            return done(InBandError.events(error, endpoint: endpoint, sequence: events, first: first))
        case .malformedJSON:
            guard event.kind != .done else { return [event] }
            var broken = event
            broken.data = Array(event.data.prefix(event.data.count / 2))
            isArmed = false
            return done([broken])
        case .dropDone:
            guard isClosing else { return [event] }
            hasStruck = true
            isOver = true
            return []
        case .dropFinishReason:
            guard let edited = withoutFinishReason(event) else { return [event] }
            return done([edited])
        case .stall, .splitCodePoint: return [event]
        }
    }

    private mutating func done(_ events: [Event]) -> [Event] {
        hasStruck = true
        return marked(events)
    }

    private func marked(_ events: [Event]) -> [Event] {
        var events = events
        if !events.isEmpty { events[0].faults.append(index) }
        return events
    }

    private func withoutFinishReason(_ event: Event) -> Event? {
        // A legacy completion that ran into its limit says so beside its last word.
        guard event.kind == .finish || (endpoint == .completions && event.kind != .done),
            var chunk = try? JSONValue.parse(event.data).object, let choices = chunk["choices"]?.array,
            choices.contains(where: { $0["finish_reason"]?.unlessNull != nil })
        else { return nil }
        chunk["choices"] = .array(choices.map { $0.replacing("finish_reason", .null) })
        var edited = event
        edited.data = JSONValue.object(chunk).serialized()
        return edited
    }
}

extension JSONValue {
    func replacing(_ name: String, _ value: JSONValue) -> JSONValue {
        guard case .object(var object) = self else { return self }
        object[name] = value
        return .object(object)
    }
}

/// The events of an error inside a stream, which still has status 200.
enum InBandError {
    static func events(_ error: Fault.InBandError, endpoint: Endpoint, sequence: Int, first: [UInt8]) -> [Event] {
        guard endpoint.streamsResponses else {
            let body: JSONValue = [
                "error": [
                    "message": .string(error.message), "type": .string(error.type), "param": text(error.param),
                    "code": text(error.code),
                ]
            ]
            return [Event(data: body.serialized(), kind: .error)]
        }
        let body: JSONValue = [
            "type": "error", "sequence_number": .number(JSONNumber(sequence)),
            "error": [
                "type": .string(error.type), "code": text(error.code), "message": .string(error.message),
                "param": text(error.param),
            ],
        ]
        let response = (try? JSONValue.parse(first))?["response"] ?? [:]
        let failure: JSONValue = ["code": .string(error.code ?? error.type), "message": .string(error.message)]
        let failed: JSONValue = [
            "type": "response.failed", "sequence_number": .number(JSONNumber(sequence + 1)),
            "response": response.replacing("status", "failed").replacing("error", failure),
        ]
        return [
            Event(name: "error", data: body.serialized(), kind: .error),
            Event(name: "response.failed", data: failed.serialized(), kind: .error),
        ]
    }

    private static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
}
