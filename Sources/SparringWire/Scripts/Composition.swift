/// Composes the wire script of an answer: SSE, framing, pace and the faults of these layers. The script depends only on the members of the
/// composition.
///
/// `SparringAPI` has already applied payload faults to the answer's events; here these faults only get their steps in the script.
package struct Composition: Sendable {
    package struct Connection: Sendable, Hashable {
        /// The request's version.
        package var version: HTTPVersion
        /// True if the connection may stay open after a complete answer.
        package var keepsAlive: Bool
        /// A HEAD request gets the head of a GET, without the body (RFC 9110 §9.3.2).
        package var isHead: Bool
        package var carrier = Carrier.body
        /// True if a WebSocket's handshake has agreed on compression. The compression affects only the fault that sets a reserved bit.
        package var allowsCompression = false

        package init(
            version: HTTPVersion = .http11, keepsAlive: Bool = true, isHead: Bool = false, carrier: Carrier = .body
        ) {
            self.version = version
            self.keepsAlive = keepsAlive
            self.isHead = isHead
            self.carrier = carrier
        }
    }

    /// What carries the answer.
    package enum Carrier: Sendable, Hashable {
        /// Head and body of HTTP.
        case body
        /// The head of a handshake, which opens a WebSocket. The answer's events follow as messages when they are due,
        /// then a Close frame with this content and FIN.
        case upgrade(SocketClose)
        /// An open WebSocket: each event is a text message, and there is no head. The answer must have events.
        case frames
        /// An open WebSocket that this answer ends: its messages, then a Close frame with this content and FIN.
        case lastFrames(SocketClose)

        var hasHead: Bool {
            switch self {
            case .body, .upgrade: true
            case .frames, .lastFrames: false
            }
        }

        /// The content of the Close frame after the answer; nil if no such frame follows.
        fileprivate var close: SocketClose? {
            switch self {
            case .upgrade(let close), .lastFrames(let close): close
            case .body, .frames: nil
            }
        }
    }

    package var answer: Answer
    package var faults: [OrderedFault]
    package var pace: Pace
    package var connection: Connection
    /// The value of the `date` field.
    package var date: String
    /// The point where a breakpoint holds the answer; nil without a breakpoint. The script has no `hold` if the answer
    /// does not reach the point.
    package var hold: Fault.Point?

    package init(
        answer: Answer, faults: [OrderedFault] = [], pace: Pace = .none, connection: Connection = Connection(),
        date: String
    ) {
        self.answer = answer
        self.faults = faults
        self.pace = pace
        self.connection = connection
        self.date = date
    }

    /// Composes the script.
    ///
    /// - Parameter outcomes: receives the faults that cannot take effect.
    package func compose(_ outcomes: inout FaultOutcomes) -> WireScript {
        guard faults.isEmpty else { return coded.composeBroken(&outcomes) }
        return write(FaultOutcomes()).script
    }

    /// Composes the script without the outcomes.
    package func compose() -> WireScript {
        var outcomes = FaultOutcomes()
        return compose(&outcomes)
    }

    private func write(_ outcomes: FaultOutcomes) -> ScriptWriter {
        var writer = ScriptWriter(
            faults: faults, outcomes: outcomes, pace: pace, version: connection.version, isChunked: isChunked,
            carrier: connection.carrier, allowsCompression: connection.allowsCompression, capacity: capacity,
            hasPauses: hasPauses, hold: hold)
        writer.begin(isWhole: !isStream)
        if !connection.carrier.hasHead {
            writer.withoutHead(faults: answer.faults)
        } else {
            writer.head(faults: answer.faults) { appendHead(to: &$0) }
        }
        if !connection.isHead { body(&writer) }
        if let close = connection.carrier.close { writer.close(close) }
        writer.finish(keepsAlive ? .keepAlive : .fin)
        return writer
    }

    /// Payload faults after an earlier ending are missed like any other fault.
    private func composeBroken(_ outcomes: inout FaultOutcomes) -> WireScript {
        let writer = write(outcomes)
        outcomes = writer.outcomes
        var waiting = answer.faults
        if case .events(let events) = answer.body { waiting += events.flatMap(\.faults) }
        for case .fault(let id) in writer.script.steps { waiting.removeAll { $0 == id } }
        for id in waiting where !outcomes.isMissed(id) { outcomes.miss(id, "an earlier fault ended the answer") }
        return writer.script
    }

    /// A whole body is coded before its length is written.
    private var coded: Composition {
        guard case .whole(var bytes) = answer.body else { return self }
        for ordered in faults {
            guard case .action(let action) = ordered.fault.effect,
                case .coding(let make) = WireFaults.named[action.name]?.edit
            else { continue }
            var coding = make(action.arguments)
            bytes = coding.push(bytes)
            bytes += coding.finish()
        }
        var copy = self
        copy.answer.body = .whole(bytes)
        return copy
    }

    private func body(_ writer: inout ScriptWriter) {
        switch answer.body {
        case .none: break
        case .whole(let bytes): writer.whole(bytes)
        case .events(let events):
            let closing = events.last?.kind == .done ? Event.Kind.done : .finish
            for event in events where !writer.hasEnded { writer.event(event, isClosing: event.kind == closing) }
        }
    }

    private var isStream: Bool { if case .events = answer.body { true } else { false } }

    private var hasPauses: Bool {
        if case .events(let events) = answer.body { events.contains(where: \.hasPause) } else { false }
    }

    private var isChunked: Bool {
        isStream && connection.version == .http11 && !isSocket && !answer.headers.contains("content-length")
    }

    private var isSocket: Bool { if case .body = connection.carrier { false } else { true } }

    /// An HTTP/2 stream can end while its connection stays open.
    private var keepsAlive: Bool {
        switch connection.carrier {
        case .body: connection.version == .http2 || connection.keepsAlive && isDelimited
        case .upgrade, .lastFrames: false
        case .frames: true
        }
    }

    /// True if the client can detect the end of the body while the connection stays open.
    private var isDelimited: Bool { !isStream || isChunked || connection.isHead }

    // MARK: The head

    private func appendHead(to bytes: inout [UInt8]) {
        let headers = answer.headers
        let reason = ReasonPhrase.of(answer.status)
        let given = GivenFields(headers)
        // 160 bytes suffice for status line, framing and line ends.
        bytes.append(atMost: 160 + reason.utf8.count + date.utf8.count + given.size) { head in
            if connection.version == .http2 { return appendFields(to: &head) }
            head.put("HTTP/1.1 ")
            head.put(decimal: answer.status, width: 3)
            head.put(" ")
            head.put(reason)
            head.put("\r\n")
            if !given.hasDate { Self.put("date", date, to: &head) }
            for field in headers.fields { Self.put(field.name, field.value, to: &head) }
            // Explicit framing in the answer is sent as it is, even if it is wrong, so that scenarios can send invalid
            // framing.
            if !given.hasLength, !given.hasCoding {
                if isChunked {
                    Self.put("transfer-encoding", "chunked", to: &head)
                } else if let length {
                    head.put("content-length: ")
                    head.put(decimal: length)
                    head.put("\r\n")
                }
            }
            if !given.hasConnection {
                Self.put("connection", connection.keepsAlive && isDelimited ? "keep-alive" : "close", to: &head)
            }
            head.put("\r\n")
        }
    }

    /// The size of the fields that an answer itself has, and the framing fields among them. The size and the framing fields are found in
    /// one pass, because every answer needs both.
    private struct GivenFields {
        /// The bytes of all fields on the wire.
        private(set) var size = 0
        private(set) var hasDate = false
        private(set) var hasLength = false
        private(set) var hasCoding = false
        private(set) var hasConnection = false

        init(_ headers: HeaderFields) {
            for field in headers.fields {
                let length = field.name.utf8.count
                size += length + field.value.utf8.count + 4
                switch length {
                case 4: hasDate = hasDate || HeaderFields.same(field.name, "date")
                case 10: hasConnection = hasConnection || HeaderFields.same(field.name, "connection")
                case 14: hasLength = hasLength || HeaderFields.same(field.name, "content-length")
                case 17: hasCoding = hasCoding || HeaderFields.same(field.name, "transfer-encoding")
                default: break
                }
            }
        }
    }

    /// An HTTP/2 head in readable form; on the wire, the head is a block of fields (RFC 9113 §8.3.2). Fields about the connection exist
    /// only in HTTP/1 (§8.2.2).
    private func appendFields(to head: inout TextCursor) {
        let headers = answer.headers
        head.put("HTTP/2 ")
        head.put(decimal: answer.status, width: 3)
        head.put("\r\n")
        if !headers.contains("date") { Self.put("date", date, to: &head) }
        for field in headers.fields where !Self.isOfConnection(field.name) {
            Self.put(field.name, field.value, to: &head)
        }
        if !headers.contains("content-length"), !headers.contains("transfer-encoding"), let length {
            Self.put("content-length", String(length), to: &head)
        }
        head.put("\r\n")
    }

    private static func isOfConnection(_ name: String) -> Bool {
        ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"].contains(name.lowercased())
    }

    /// The content length; nil for streams, and for statuses that never have a body (RFC 9110 §8.6).
    private var length: Int? {
        switch answer.body {
        case .none: answer.status == 204 || answer.status == 304 ? nil : 0
        case .whole(let bytes): bytes.count
        case .events: nil
        }
    }

    private static func put(_ name: String, _ value: String, to head: inout TextCursor) {
        head.put(name)
        head.put(UInt8(ascii: ":"), UInt8(ascii: " "))
        head.put(value)
        head.put(UInt8(ascii: "\r"), UInt8(ascii: "\n"))
    }

    private var capacity: Int {
        switch answer.body {
        case .none: 1024
        case .whole(let bytes): 1024 + bytes.count
        case .events(let events): 1024 + events.reduce(0) { $0 + $1.data.count + 48 }
        }
    }
}
