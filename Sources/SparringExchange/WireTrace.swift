package import SparringJSON

/// The exchanges of a case, with one line for each request and each answer; times are in milliseconds since the case began.
///
///       312.0 → POST /s/7f3a/v1/chat/completions  attempt 1
///       312.4 ← 429  rule 1, step 1  H b.
///      1121.9 → POST /s/7f3a/v1/chat/completions  attempt 2, 809 ms after the answer
///
/// The input has the format of `Exchange.json`, so that a log can be traced long after its run.
package enum WireTrace {
    package static func lines(_ exchanges: [JSONValue]) -> [String] {
        var left: Double?
        return exchanges.flatMap { exchange -> [String] in
            let lines = self.lines(exchange, after: left)
            left = leftAt(exchange) ?? left
            return lines
        }
    }

    /// The bytes of an exchange, with `>` before the client's bytes and `<` before the server's bytes. The result is empty if the log has
    /// no bytes.
    package static func byteLines(_ exchange: JSONValue) -> [String] {
        [("request", "> "), ("answer", "< ")].flatMap { member, direction in
            (exchange["bytes"]?[member]?.array ?? []).map { direction + ($0.string ?? "") }
        }
    }

    private static func lines(_ exchange: JSONValue, after left: Double?) -> [String] {
        let entries = exchange["timeline"]?.array ?? []
        let arrived = moment(entries, "request_start") ?? entries.first?["ms"]?.double ?? 0
        var came = [
            exchange["method"]?.string ?? "?", exchange["path"]?.string ?? "?",
            exchange["auxiliary"]?.bool == true ? "auxiliary" : "attempt \(exchange["attempt"]?.int ?? 1)",
        ]
        if let left { came.append("\(milliseconds(max(0, arrived - left)).trimmed) ms after the previous answer") }
        var lines = [line(arrived, "→", came)]
        lines.append(line(answeredAt(entries) ?? arrived, "←", answer(exchange)))
        for entry in entries {
            guard let at = entry["ms"]?.double, let note = note(entry) else { continue }
            lines.append(line(at, "·", [note]))
        }
        return lines
    }

    private static func answer(_ exchange: JSONValue) -> [String] {
        let entries = exchange["timeline"]?.array ?? []
        // An answer has a status only if some of its bytes were sent, which is known only when the answer has ended.
        let status =
            if moment(entries, "accepted") != nil { "\(exchange["status"]?.int ?? 0)" } else {
                leftAt(exchange) == nil ? "\(exchange["status"]?.int ?? 0), not sent to its end" : "no answer"
            }
        var parts = [status]
        if let step = exchange["step"]?.string { parts.append(step) }
        if let marbles = exchange["marbles"]?.string, !marbles.isEmpty { parts.append(marbles) }
        if let unmatched = exchange["unmatched"]?.string { parts.append("UNMATCHED: \(unmatched)") }
        if let refused = exchange["refused"]?.string { parts.append("REFUSED: \(refused)") }
        return parts
    }

    /// The text of an entry that gets a separate line.
    private static func note(_ entry: JSONValue) -> String? {
        switch entry["what"]?.string {
        case "fault_delivered": "fault: \(entry["fault"]?.string ?? "?")"
        case "fault_missed": "FAULT NOT DELIVERED: \(entry["fault"]?.string ?? "?"): \(entry["reason"]?.string ?? "?")"
        case "held": "held by a breakpoint at \(entry["at"]?.string ?? "?")"
        case "released":
            "let go after \(milliseconds(entry["held_ms"]?.double ?? 0).trimmed) ms: \(entry["reason"]?.string ?? "?")"
        case "peer_gone": "the client left: \(entry["reason"]?.string ?? "?")"
        case "lost": "\(entry["bytes"]?.int ?? 0) bytes never reached the client"
        default: nil
        }
    }

    private static func answeredAt(_ entries: [JSONValue]) -> Double? {
        moment(entries, "accepted") ?? moment(entries, "decided")
    }

    private static func leftAt(_ exchange: JSONValue) -> Double? {
        let entries = exchange["timeline"]?.array ?? []
        return [moment(entries, "ended"), moment(entries, "peer_gone")].compactMap { $0 }.min()
    }

    private static func moment(_ entries: [JSONValue], _ what: String) -> Double? {
        entries.first { $0["what"]?.string == what }?["ms"]?.double
    }

    private static func line(_ at: Double, _ direction: String, _ parts: [String]) -> String {
        "\(milliseconds(at)) \(direction) \(parts.joined(separator: "  "))"
    }

    /// The time, right-aligned and with one decimal.
    private static func milliseconds(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        let text = "\(tenths / 10).\(abs(tenths % 10))"
        return String(repeating: " ", count: max(0, 9 - text.count)) + text
    }
}

extension String {
    fileprivate var trimmed: Substring { drop { $0 == " " } }
}
