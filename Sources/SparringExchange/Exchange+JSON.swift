package import SparringJSON
import SparringWire

extension Exchange {
    /// The header field by which a client recognizes its request.
    ///
    /// Source: https://platform.openai.com/docs/api-reference/debugging-requests
    package static let clientRequestID = "x-client-request-id"

    /// The exchange as JSON for reports, with times in milliseconds since `origin`. Secrets are masked; bodies and
    /// headers are left out.
    package func json(origin: Moment) -> JSONValue {
        var object = members(origin: origin)
        // Only requests on a WebSocket have an event.
        if let event = request.event { object["event"] = .string(Redaction.text(event)) }
        if let replica { object["replica"] = .string(replica) }
        return .object(object)
    }

    private func members(origin: Moment) -> JSONObject {
        [
            "number": .int(number), "session": .string(Redaction.text(session)), "connection": .int(connection),
            "method": .string(request.method), "path": .string(Redaction.target(request.target)),
            "endpoint": .string(orNull: decision.endpoint), "status": .int(decision.status),
            "step": .string(orNull: decision.step), "attempt": .int(decision.attempt),
            "unmatched": .string(orNull: decision.unmatched.map(Redaction.text)),
            "refused": .string(orNull: decision.refusal?.words),
            "warning": .string(orNull: decision.warning.map(Redaction.text)),
            "request_id": .string(orNull: decision.requestID),
            "client_request_id": .string(orNull: request.headers[Self.clientRequestID].map(Redaction.text)),
            "auxiliary": .bool(decision.isAuxiliary),
            "faults": .strings(decision.faults), "chaos": .string(orNull: decision.chaos?.strike),
            "retry_hint": decision.hint?.json ?? .null,
            "marbles": .string(marbleLine),
            "timeline": .array(timeline.entries.map { $0.json(origin: origin, decision) }),
        ]
    }
}

extension Exchange.Hint {
    fileprivate var json: JSONValue { ["ordered_ms": .milliseconds(ordered), "told_ms": .milliseconds(told)] }
}

extension Timeline.Entry {
    fileprivate func json(origin: Moment, _ decision: Exchange.Decision) -> JSONValue {
        var object: JSONObject = ["ms": .milliseconds(at - origin), "what": .string(happening.word)]
        switch happening {
        case .requestStart, .requestHead, .requestEnd, .decided, .drained: break
        case .accepted(let mark, let due):
            object["mark"] = mark.map { .string($0.words) }
            object["due_ms"] = .milliseconds(due - origin)
        case .faultDelivered(let id): object["fault"] = .string(orNull: decision.fault(id))
        case .faultMissed(let id, let reason):
            object["fault"] = .string(orNull: decision.fault(id))
            object["reason"] = .string(reason)
        case .held(let point): object["at"] = .string(point)
        case .released(let duration, let reason):
            object["held_ms"] = .milliseconds(duration)
            object["reason"] = .string(reason)
        case .peerGone(let reason): object["reason"] = .string(reason)
        case .lost(let bytes): object["bytes"] = .int(bytes)
        case .ended(let ending): object["ending"] = .string(ending.description)
        }
        return .object(object)
    }
}

extension JSONValue {
    /// With three decimals. The clock has more digits, but the network is less precise.
    fileprivate static func milliseconds(_ duration: Duration) -> JSONValue {
        let microseconds = Int((duration / .microseconds(1)).rounded())
        return .number(JSONNumber(Double(microseconds) / 1000))
    }
}
