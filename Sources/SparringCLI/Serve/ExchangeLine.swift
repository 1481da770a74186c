import SparringExchange
import SparringJSON
import SparringReport

/// A line in the log of `serve`, for one exchange that has ended.
struct ExchangeLine {
    let exchange: Exchange
    /// The code of the error in the answer, or its type if it has no code; nil without an error object.
    let errorCode: String?
    let endedAt: WallTime

    /// `12:01:07.123  default#31  POST /v1/chat/completions  gpt-5.2  429 rate_limit_exceeded  12.3 ms  rule 1, step 1  HD.`
    ///
    /// Texts of the request are made safe for a terminal: a model's name could otherwise forge a line.
    func text(_ style: TextStyle) -> String {
        let decision = exchange.decision
        var parts = [style(endedAt.timeOfDay, .dim)]
        func add(_ text: String, _ color: TextStyle.Color? = nil) {
            let shown = TerminalText.visible(text)
            parts.append(color.map { style(shown, $0) } ?? shown)
        }
        add("\(Redaction.text(exchange.session))#\(exchange.number)")
        add(exchange.words)
        if let model = decision.model { add(Redaction.text(model)) }
        add(Self.status(decision.status, errorCode), Self.color(of: decision.status))
        if let duration = exchange.duration { add("\(Self.milliseconds(duration)) ms") }
        if decision.attempt > 1 { add("attempt \(decision.attempt)") }
        if let step = decision.step { add(step) }
        if let chaos = decision.chaos { add("chaos: \(chaos.strike)", .magenta) }
        if !decision.faults.isEmpty { add("fault: \(decision.faults.joined(separator: ", "))", .magenta) }
        if !exchange.marbles.isEmpty { add(exchange.marbles, .dim) }
        if exchange.isConnection { for departure in exchange.departures { add(departure) } }
        for fault in exchange.missedFaults { add("FAULT NOT DELIVERED: \(fault)", .red) }
        if let unmatched = decision.unmatched { add("UNMATCHED: \(Redaction.text(unmatched))", .red) }
        if let refusal = decision.refusal { add("REFUSED: \(refusal.words)", .yellow) }
        if let warning = decision.warning { add("WARNING: \(Redaction.text(warning))", .yellow) }
        return parts.joined(separator: "  ")
    }

    /// One JSON object for each exchange, for programs. Times are milliseconds.
    var json: JSONValue {
        let decision = exchange.decision
        return [
            "event": "exchange", "time": .string(endedAt.iso8601),
            "session": .string(Redaction.text(exchange.session)), "number": .int(exchange.number),
            "method": .string(exchange.request.method), "path": .string(Redaction.target(exchange.request.target)),
            "endpoint": .string(orNull: decision.endpoint),
            "model": .string(orNull: decision.model.map { Redaction.text($0) }),
            "status": .int(decision.status), "error": .string(orNull: errorCode),
            "ms": exchange.duration.map { .number(JSONNumber((($0 / .microseconds(1)).rounded()) / 1000)) } ?? .null,
            "attempt": .int(decision.attempt), "step": .string(orNull: decision.step),
            "chaos": .string(orNull: decision.chaos?.strike), "faults": .strings(decision.faults),
            "faults_missed": .strings(exchange.missedFaults),
            "unmatched": .string(orNull: decision.unmatched.map { Redaction.text($0) }),
            "refused": .string(orNull: decision.refusal?.words),
            "warning": .string(orNull: decision.warning.map { Redaction.text($0) }),
            "request_id": .string(orNull: decision.requestID),
        ]
    }

    /// A connection that ended without a request has no status.
    private static func status(_ status: Int, _ code: String?) -> String {
        (status == 0 ? "–" : "\(status)") + (code.map { " \($0)" } ?? "")
    }

    private static func color(of status: Int) -> TextStyle.Color {
        switch status {
        case 500...: .red
        case 400...: .yellow
        default: .green
        }
    }

    /// Times below ten milliseconds have one decimal; other times have none.
    private static func milliseconds(_ duration: Duration) -> String {
        let tenths = Int((duration / .microseconds(100)).rounded())
        return tenths < 100 ? "\(tenths / 10).\(tenths % 10)" : "\((tenths + 5) / 10)"
    }
}

extension Exchange {
    /// The time from the first byte of the request to the end of the answer; nil if the start or the end is unknown.
    fileprivate var duration: Duration? {
        guard let arrivedAt, let leftAt else { return nil }
        return max(.zero, leftAt - arrivedAt)
    }
}
