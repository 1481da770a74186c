import SparringEngine
import SparringExchange
import SparringJSON
import SparringWire

extension RunReport {
    /// One line: everything that the five lines say, and the timeline of every exchange in milliseconds since the first one began.
    func json(baseURL: String, childExit: Int32) -> String {
        let origin = exchanges.first?.startedAt ?? Moment(nanoseconds: 0)
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("scenario", scenario)
            writer.member("seed", .number(JSONNumber(text: String(seed))))
            writer.member("base_url", baseURL)
            writer.member("calls", calls)
            writer.member("attempts", attempts)
            writer.member(
                "faults",
                ["ordered": .int(faultsOrdered), "delivered": .int(faultsDelivered), "missed": .strings(faultsMissed)])
            writer.member("unmatched", .strings(unmatched))
            writer.member("left_over", .strings(leftOver))
            writer.member("unexpected", orNull: unexpected)
            writer.member("dropped_exchanges", droppedExchanges)
            writer.member("child_exit", Int(childExit))
            writer.member("held", held)
            writer.member("exchanges", .array(exchanges.map { $0.json(origin: origin) }))
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension Exchange {
    fileprivate func json(origin: Moment) -> JSONValue {
        [
            "number": .int(number), "session": .string(session), "connection": .int(connection),
            "method": .string(request.method), "path": .string(request.target),
            "endpoint": decision.endpoint.map { .string($0) } ?? .null, "status": .int(decision.status),
            "step": decision.step.map { .string($0) } ?? .null, "attempt": .int(decision.attempt),
            "unmatched": decision.unmatched.map { .string($0) } ?? .null, "auxiliary": .bool(decision.isAuxiliary),
            "faults": .strings(decision.faults), "marbles": .string(marbles),
            "timeline": .array(timeline.entries.map { $0.json(origin: origin, faults: decision.faults) }),
        ]
    }
}

extension Timeline.Entry {
    fileprivate func json(origin: Moment, faults: [String]) -> JSONValue {
        var object: JSONObject = ["ms": .milliseconds(at - origin), "what": .string(happening.word)]
        func fault(_ index: Int) -> JSONValue { faults.indices.contains(index) ? .string(faults[index]) : .null }
        switch happening {
        case .requestStart, .requestHead, .requestEnd, .decided, .drained: break
        case .accepted(let mark, let due):
            object["mark"] = mark.map { .string($0.words) }
            object["due_ms"] = .milliseconds(due - origin)
        case .faultDelivered(let index): object["fault"] = fault(index)
        case .faultMissed(let index, let reason):
            object["fault"] = fault(index)
            object["reason"] = .string(reason)
        case .peerGone(let reason): object["reason"] = .string(reason)
        case .lost(let bytes): object["bytes"] = .int(bytes)
        case .ended(let ending): object["ending"] = .string(ending.description)
        }
        return .object(object)
    }
}

extension JSONValue {
    fileprivate static func int(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
    fileprivate static func strings(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }

    /// Three decimals: the clock is finer, the network is not.
    fileprivate static func milliseconds(_ duration: Duration) -> JSONValue {
        let microseconds = Int((duration / .microseconds(1)).rounded())
        return .number(JSONNumber(Double(microseconds) / 1000))
    }
}
