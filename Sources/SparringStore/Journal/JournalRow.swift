import SparringExchange
import SparringJSON
import SparringWire

/// Writes one exchange as a row of the table `exchanges` and a row of the table `bodies`, with secrets masked. `JournalReader` reads these
/// rows.
enum JournalRow {
    /// The columns that `write` fills, in the order in which it fills them.
    static let columns = [
        "run", "session", "number", "connection", "started_ns", "ended_ns", "method", "target", "http", "headers",
        "endpoint", "model", "status", "step", "attempt", "unmatched", "auxiliary", "marbles", "request_bytes",
        "answer_bytes", "body_dropped", "faults", "timeline", "answer_head",
        "refused", "warning",
    ]

    /// - Parameter dropped: the reason why the bodies are not stored; nil if they are stored.
    static func write(
        _ item: JournalQueue.Item, dropped: BodyDrop?, head: some Collection<UInt8>, run: Int64,
        headers: inout HeaderColumn, to row: inout RowBuffer
    ) {
        let (exchange, decision) = (item.exchange, item.exchange.decision)
        let started = exchange.startedAt
        row.clear()
        row.integer(run)
        row.text(Redaction.text(exchange.session))
        row.integer(exchange.number)
        row.integer(exchange.connection)
        row.integer(started.nanoseconds)
        row.integer(exchange.timeline.entries.last?.at.nanoseconds ?? started.nanoseconds)
        row.text(exchange.request.method)
        row.text(Redaction.target(exchange.request.target))
        row.text(exchange.request.version.rawValue)
        row.text { headers.write(exchange.request.headers, to: &$0) }
        row.text(decision.endpoint)
        row.text(decision.model.map(Redaction.text))
        row.integer(decision.status)
        row.text(decision.step)
        row.integer(decision.attempt)
        row.text(decision.unmatched.map(Redaction.text))
        row.flag(decision.isAuxiliary)
        row.text(exchange.marbles.isEmpty ? nil : exchange.marbles)
        row.integer(item.requestBytes)
        row.integer(item.answerBytes)
        row.text(dropped?.rawValue)
        if decision.faults.isEmpty { row.null() } else { row.text { faults(decision.faults, to: &$0) } }
        row.text { timeline(exchange.timeline, from: started, to: &$0) }
        row.blob(head)
        row.text(decision.refusal?.words)
        row.text(decision.warning.map(Redaction.text))
    }

    private static func faults(_ faults: [String], to bytes: inout [UInt8]) {
        list(faults, to: &bytes) { string($0, to: &$1) }
    }

    /// Writes each entry as `[ns, word, …]`; the values after the word depend on the event.
    private static func timeline(_ timeline: Timeline, from start: Moment, to bytes: inout [UInt8]) {
        list(timeline.entries, to: &bytes) { entry, bytes in
            bytes.append(UInt8(ascii: "["))
            integer(entry.at.nanoseconds - start.nanoseconds, to: &bytes)
            bytes.append(#",""#)
            bytes.append(entry.happening.word)
            bytes.append(UInt8(ascii: "\""))
            details(of: entry.happening, from: start, to: &bytes)
            bytes.append(UInt8(ascii: "]"))
        }
    }

    private static func details(of happening: Timeline.Happening, from start: Moment, to bytes: inout [UInt8]) {
        func next(_ value: Int64) {
            bytes.append(UInt8(ascii: ","))
            integer(value, to: &bytes)
        }
        func next(_ value: String?) {
            bytes.append(UInt8(ascii: ","))
            if let value { string(value, to: &bytes) } else { bytes.append("null") }
        }
        switch happening {
        case .requestStart, .requestHead, .requestEnd, .decided, .drained: break
        case .accepted(let mark, let due):
            next(mark?.words)
            next(due.nanoseconds - start.nanoseconds)
        case .faultDelivered(let fault): next(Int64(fault.number))
        case .faultMissed(let fault, let reason):
            next(Int64(fault.number))
            next(reason)
        case .held(let point): next(point)
        case .released(let duration, let reason):
            // The reason comes first, because the view `timeline` shows the first value as its detail.
            next(reason)
            next(Int64(duration / .nanoseconds(1)))
        case .peerGone(let reason): next(reason)
        case .lost(let count): next(Int64(count))
        case .ended(let ending): next(ending.description)
        }
    }

    static func list<Element>(
        _ elements: [Element], to bytes: inout [UInt8], _ write: (Element, inout [UInt8]) -> Void
    ) {
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(element, &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    static func string(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        JSONEscaping.append(text, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes the digits directly. A row has half a dozen numbers, and making a `String` for each number takes a quarter of the time for a
    /// timeline.
    private static func integer(_ value: Int64, to bytes: inout [UInt8]) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        digits(of: value.magnitude, to: &bytes)
    }

    private static func digits(of value: UInt64, to bytes: inout [UInt8]) {
        if value >= 10 { digits(of: value / 10, to: &bytes) }
        bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10))
    }
}
