import SparringWire

/// Makes the server's span of an exchange, as a child of the client's span. Each attempt has its own span.
///
/// Source: https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
package struct ServerSpan: Sendable {
    /// The time at which the timelines begin (their zero), in nanoseconds since 1970.
    package var epoch: Int64
    /// Whether the server uses TLS.
    package var isTLS: Bool

    package init(epoch: Int64, isTLS: Bool) {
        self.epoch = epoch
        self.isTLS = isTLS
    }

    /// - Parameter ids: draws the ids, which must differ from those of every other program.
    package func span(of call: TracedCall, ids: inout some RandomNumberGenerator) -> Span {
        let exchange = call.exchange
        let parent = TraceParent(exchange.request)
        let start = exchange.arrivedAt ?? exchange.startedAt
        let end = exchange.timeline.entries.map(\.at).max() ?? start
        return Span(
            traceID: parent?.traceID ?? Self.id(16, &ids), spanID: Self.id(8, &ids), parent: parent,
            name: [exchange.request.method, exchange.decision.endpoint].compactMap(\.self).joined(separator: " "),
            start: time(start), end: time(end),
            attributes: http(exchange) + GenAIAttributes.of(exchange, since: start) + own(exchange),
            events: exchange.timeline.entries.compactMap { event($0, of: call, since: start) },
            failure: exchange.failure)
    }

    private func time(_ moment: Moment) -> Int64 { epoch + moment.nanoseconds }

    /// Random bytes as hexadecimal digits, which are never all zero.
    private static func id(_ bytes: Int, _ ids: inout some RandomNumberGenerator) -> String {
        let digits = (0..<bytes).map { _ in
            let byte = UInt8.random(in: .min ... .max, using: &ids)
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        return digits.contains { $0 != "0" } ? digits : String(digits.dropLast()) + "1"
    }

    // MARK: Attributes

    private func http(_ exchange: Exchange) -> [Span.Attribute] {
        let request = exchange.request
        let target = Redaction.target(request.target)
        let mark = target.firstIndex(of: "?")
        var attributes: [Span.Attribute] = [
            ("http.request.method", .string(request.method)),
            ("url.scheme", .string(isTLS ? "https" : "http")),
            ("url.path", .string(String(target[..<(mark ?? target.endIndex)]))),
            ("http.response.status_code", .int(exchange.decision.status)),
            ("network.protocol.name", .string("http")),
            ("network.protocol.version", .string(request.version.rawValue)),
        ]
        if let mark { attributes.append(("url.query", .string(String(target[target.index(after: mark)...])))) }
        if let host = request.headers["host"] { attributes += Self.server(host) }
        if let agent = request.headers["user-agent"] {
            attributes.append(("user_agent.original", .string(Redaction.text(agent))))
        }
        if let id = exchange.decision.requestID {
            attributes.append(("http.response.header.x-request-id", .strings([id])))
        }
        if let id = request.headers[Exchange.clientRequestID] {
            attributes.append(("http.request.header.x-client-request-id", .strings([Redaction.text(id)])))
        }
        if let kind = exchange.failureKind { attributes.append(("error.type", .string(kind))) }
        return attributes
    }

    private static func server(_ host: String) -> [Span.Attribute] {
        let host = Redaction.text(host)
        guard let colon = host.lastIndex(of: ":"), !host.hasSuffix("]"),
            let port = Int(host[host.index(after: colon)...])
        else { return [("server.address", .string(host))] }
        return [("server.address", .string(String(host[..<colon]))), ("server.port", .int(port))]
    }

    private func own(_ exchange: Exchange) -> [Span.Attribute] {
        let decision = exchange.decision
        var attributes: [Span.Attribute] = [
            ("sparring.session", .string(Redaction.text(exchange.session))),
            ("sparring.number", .int(exchange.number)), ("sparring.attempt", .int(decision.attempt)),
        ]
        let texts: [(String, String?)] = [
            ("sparring.step", decision.step), ("sparring.error.code", decision.errorCode),
            ("sparring.unmatched", decision.unmatched.map(Redaction.text)),
            ("sparring.refused", decision.refusal?.words), ("sparring.warning", decision.warning.map(Redaction.text)),
            ("sparring.event", exchange.request.event.map(Redaction.text)),
        ]
        for (name, text) in texts { if let text { attributes.append((name, .string(text))) } }
        if let hint = decision.hint {
            attributes.append(("sparring.retry_after_ms", .double(hint.told / .milliseconds(1))))
        }
        return attributes
    }

    // MARK: Events

    private func event(_ entry: Timeline.Entry, of call: TracedCall, since start: Moment) -> Span.Event? {
        let decision = call.exchange.decision
        let name: String
        var attributes: [Span.Attribute] = []
        switch entry.happening {
        case .faultDelivered(let id):
            name = "sparring.fault"
            attributes.append(("sparring.fault", .string(decision.fault(id) ?? "?")))
            if let byte = call.faultBytes[id] { attributes.append(("sparring.byte", .int(byte))) }
        case .faultMissed(let id, let reason):
            name = "sparring.fault_missed"
            attributes.append(("sparring.fault", .string(decision.fault(id) ?? "?")))
            attributes.append(("sparring.reason", .string(reason)))
        case .peerGone(let reason):
            name = "sparring.client_left"
            attributes.append(("sparring.reason", .string(reason)))
        case .held(let point):
            name = "sparring.held"
            attributes.append(("sparring.point", .string(point)))
        case .released(let duration, let reason):
            name = "sparring.released"
            attributes.append(("sparring.held_ms", .double(duration / .milliseconds(1))))
            attributes.append(("sparring.reason", .string(reason)))
        case .lost(let bytes):
            name = "sparring.bytes_lost"
            attributes.append(("sparring.bytes", .int(bytes)))
        case .requestStart, .requestHead, .requestEnd, .decided, .accepted, .drained, .ended: return nil
        }
        attributes.append(("sparring.ms", .double((entry.at - start) / .milliseconds(1))))
        return Span.Event(name: name, at: time(entry.at), attributes: attributes)
    }
}

extension Exchange {
    /// The value of `error.type` if the server failed: the status from 500 on, or the fault that ended the answer. A status of 4xx is the
    /// client's error, so the server's span has no error.
    fileprivate var failureKind: String? {
        if decision.status >= 500 { return String(decision.status) }
        let endings = timeline.entries.compactMap { entry in
            if case .ended(let ending) = entry.happening { ending.description } else { nil }
        }
        guard let ending = endings.last?.prefix(while: { $0 != " " && $0 != ":" }) else { return nil }
        return deliveredFaultNames.first { $0 == ending }
    }

    fileprivate var failure: String? {
        guard let kind = failureKind else { return nil }
        return decision.status >= 500
            ? decision.errorCode ?? "status \(kind)" : "the answer was broken on purpose: \(kind)"
    }
}
