import SparringExchange
import SparringScenario
import SparringWire

/// Grades the requests and answers on the wire, and their times.
extension Grading {
    static func gap(
        from: Int, to: Int, in seen: Observation, expected: String,
        _ judge: (Observation.Gap) -> (Verdict, late: Duration)
    ) -> CheckFinding {
        guard let gap = seen.gap(from: from, to: to) else {
            return CheckFinding(.unobserved, expected: expected, actual: seen.attempts.count.counted("attempt"))
        }
        let (verdict, late) = judge(gap)
        let lag = verdict == .inconclusive ? ", and this machine was up to \(late.inWords) late" : ""
        return CheckFinding(verdict, expected: expected, actual: gap.duration.inWords + lag)
    }

    static func identical(_ part: Expectation.Part, _ level: Level, _ seen: Observation) -> CheckFinding {
        let expected = "the same \(part.rawValue) in every attempt"
        guard let first = seen.attempts.first, seen.attempts.count > 1 else {
            return CheckFinding(.unobserved, expected: expected, actual: seen.attempts.count.counted("attempt"))
        }
        if part == .idempotencyKey, !seen.attempts.contains(where: { $0.request.headers["idempotency-key"] != nil }) {
            return CheckFinding(.unobserved, expected: expected, actual: "no attempt has a key")
        }
        let different = seen.attempts.indices.first { part.differs(seen.attempts[$0], at: $0, from: first) }
        let actual = different.map { "attempt \($0 + 1) differs from attempt 1" } ?? "the same"
        return CheckFinding(different == nil, level, expected: expected, actual: actual)
    }

    static func distinct(_ part: Expectation.Part, _ level: Level, _ seen: Observation) -> CheckFinding {
        let expected = "a different \(part.rawValue) in every attempt"
        guard seen.attempts.count > 0 else {
            return CheckFinding(.unobserved, expected: expected, actual: "no attempt")
        }
        var first: [[UInt8]: Int] = [:]
        for (index, exchange) in seen.attempts.enumerated() {
            if let earlier = first.updateValue(index, forKey: part.of(exchange.request)) {
                return CheckFinding(
                    false, level, expected: expected,
                    actual: "attempt \(index + 1) has the \(part.rawValue) of attempt \(earlier + 1)")
            }
        }
        let count = seen.attempts.count.counted("attempt")
        return CheckFinding(true, level, expected: expected, actual: "different in \(count)")
    }

    static func header(_ header: Expectation.Header, _ level: Level, _ seen: Observation) -> CheckFinding {
        let expected = header.isPresent ? "it is sent" : "it is not sent"
        guard header.attempt <= seen.attempts.count else {
            return CheckFinding(.unobserved, expected: expected, actual: seen.attempts.count.counted("attempt"))
        }
        let isThere = seen.attempts[header.attempt - 1].request.headers[header.name] != nil
        return CheckFinding(
            isThere == header.isPresent, level, expected: expected, actual: isThere ? "it was sent" : "it was not sent")
    }

    /// Whether the server played the script. Answers from which the client disconnected early do not count.
    static func harness(_ seen: Observation) -> CheckFinding {
        // A turn that ends its WebSocket also ends the handshake's exchange and the events that wait for their answers.
        let ended = Set(seen.exchanges.filter(\.endsItsConnection).map(\.connection))
        let broken = seen.exchanges.filter { exchange in
            let isOnEndedSocket = exchange.request.event != nil && ended.contains(exchange.connection)
            let isOpen = exchange.leftAt == nil && exchange.decision.status != 101 && !isOnEndedSocket
            return !exchange.peerHasGone && (isOpen || !exchange.missedFaults.isEmpty)
        }
        let words = broken.map { exchange in
            "request \(exchange.number): "
                + (exchange.missedFaults.first ?? "the answer never ended")
        }
        return CheckFinding(
            broken.isEmpty ? .pass : .error, expected: "the server plays the script as it is written",
            actual: broken.isEmpty ? "it did" : words.joined(separator: "; "))
    }

    static func notInURL(_ text: String, _ level: Level, _ seen: Observation) -> CheckFinding {
        let isKey = text == "{{key}}"
        let wanted = isKey ? seen.key : CaseTask.fill(text, session: seen.session)
        return list(
            seen.attempts.filter { $0.request.target.contains(wanted) }.map {
                "\($0.request.method) \($0.request.path)"
            },
            level, expected: "no \(isKey ? "API key" : "“\(wanted)”") in a URL")
    }

    /// Passes if no request went to another host, because then no other host got the field.
    static func sameHostOnly(_ name: String, _ level: Level, _ seen: Observation) -> CheckFinding {
        let home = seen.attempts.first?.request.headers["host"]
        let away = seen.attempts.filter { $0.request.headers["host"] != home }
        return list(
            away.filter { $0.request.headers[name] != nil }
                .map { "to \($0.request.headers["host"] ?? "no host"): \($0.request.method) \($0.request.path)" },
            level, expected: "no \(name) in requests to hosts other than \(home ?? "the first")")
    }

    static func disconnects(_ disconnect: Expectation.Disconnect, _ level: Level, _ seen: Observation) -> CheckFinding {
        let expected = "the client disconnects within \(disconnect.within.inWords)"
        guard disconnect.attempt <= seen.attempts.count else {
            return CheckFinding(.unobserved, expected: expected, actual: seen.attempts.count.counted("attempt"))
        }
        let exchange = seen.attempts[disconnect.attempt - 1]
        guard let origin = disconnect.event.map({ exchange.acceptedAt(event: $0) }) ?? exchange.arrivedAt else {
            return CheckFinding(.unobserved, expected: expected, actual: "the event was never sent")
        }
        guard let left = seen.abandonedAt(exchange) else {
            return CheckFinding(
                Verdict(breaking: level), expected: expected, actual: "the client stayed connected to the end")
        }
        let verdict = Tolerance.most(disconnect.within, gap: left - origin, late: seen.lag, level: level)
        return CheckFinding(
            verdict, expected: expected,
            actual: "the client \(exchange.peerGoneAt == left ? "disconnected" : "cancelled the response") after "
                + (left - origin).inWords)
    }
}

extension Exchange {
    /// The time at which the kernel accepted the n-th event of the answer, from 1.
    fileprivate func acceptedAt(event number: Int) -> Moment? {
        let events = timeline.entries.filter { entry in
            switch entry.happening {
            case .accepted(.event, _), .accepted(.content, _): true
            default: false
            }
        }
        return number <= events.count ? events[number - 1].at : nil
    }

    var peerGoneAt: Moment? {
        timeline.entries.first { if case .peerGone = $0.happening { true } else { false } }?.at
    }
}

extension Exchange {
    fileprivate var endsItsConnection: Bool {
        timeline.entries.contains { entry in
            if case .ended(let ending) = entry.happening { ending != .keepAlive } else { false }
        }
    }
}
