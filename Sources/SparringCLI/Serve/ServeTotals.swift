import SparringConformance
import SparringExchange
import SparringHTTP
import SparringJSON
import Synchronization

/// Counts the answers of a server, for the last lines of the log of `serve`.
final class ServeTotals: ExchangeSink {
    private let counts = Mutex(Counts())

    func receive(_ exchange: Exchange) { counts.withLock { $0.add(exchange) } }

    /// The counts so far.
    var current: Counts { counts.withLock(\.self) }

    /// Counts of exchanges.
    struct Counts: Sendable, Hashable {
        var requests = 0
        var sessions: Set<String> = []
        var statuses: [Int: Int] = [:]
        /// Delivered faults, by name.
        var faults: [String: Int] = [:]
        var missedFaults = 0
        /// Calls for which chaos drew an error or a fault.
        var struck = 0
        var refused = 0
        var unmatched = 0

        mutating func add(_ exchange: Exchange) {
            for name in exchange.deliveredFaultNames { faults[name, default: 0] += 1 }
            missedFaults += exchange.missedFaults.count
            // A connection that ended without a request does not count as a request.
            guard !exchange.isConnection else { return }
            requests += 1
            sessions.insert(exchange.session)
            statuses[exchange.decision.status, default: 0] += 1
            if exchange.decision.chaos != nil { struck += 1 }
            if exchange.decision.refusal != nil { refused += 1 }
            if exchange.decision.unmatched != nil { unmatched += 1 }
        }
    }
}

extension ServeTotals.Counts {
    /// - Parameters:
    ///   - uptime: how long the server ran.
    ///   - seed: the server's seed.
    ///   - spans: the counts of spans; nil if traces are off.
    ///   - points: the counts of data points; nil if metrics are not exported.
    func lines(
        uptime: Duration, seed: UInt64, spans: ExportCounts? = nil, points: ExportCounts? = nil
    ) -> [String] {
        var lines = [
            "sparring: \(count(requests, "request")) in \(count(sessions.count, "session")) in \(uptime.inWords)"
        ]
        guard requests > 0 else { return lines }
        lines.append(
            "  answers    "
                + statuses.sorted { $0.key < $1.key }.map { "\($0.key) ×\($0.value)" }.joined(separator: ", "))
        if !faults.isEmpty || missedFaults > 0 {
            let named = faults.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) ×\($0.value)" }
            lines.append(
                "  faults     "
                    + (named + (missedFaults > 0 ? ["\(missedFaults) had no effect"] : [])).joined(separator: ", "))
        }
        if refused > 0 { lines.append("  refused    \(refused)") }
        if unmatched > 0 { lines.append("  unmatched  \(unmatched)") }
        if struck > 0 { lines.append("  chaos      hit \(count(struck, "call")); to repeat the run: --seed \(seed)") }
        if let spans { lines.append("  traces     \(count(spans.sent, "span")) sent, \(spans.dropped) lost") }
        if let points {
            lines.append("  metrics    \(count(points.sent, "data point")) sent, \(points.dropped) lost")
        }
        return lines
    }

    func json(
        uptime: Duration, seed: UInt64, at time: WallTime, spans: ExportCounts? = nil, points: ExportCounts? = nil
    ) -> JSONValue {
        func object(_ counts: [(String, Int)]) -> JSONValue {
            .object(JSONObject(counts.map { JSONObject.Member($0, .int($1)) }))
        }
        var object: JSONObject = [
            "event": "end", "time": .string(time.iso8601), "ms": .int(Int(uptime / .milliseconds(1))),
            "seed": .number(JSONNumber(text: String(seed))), "requests": .int(requests),
            "sessions": .int(sessions.count),
            "statuses": object(statuses.sorted { $0.key < $1.key }.map { (String($0.key), $0.value) }),
            "faults": object(faults.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }),
            "faults_missed": .int(missedFaults), "chaos": .int(struck), "refused": .int(refused),
            "unmatched": .int(unmatched),
        ]
        if let spans { object["spans"] = ["sent": .int(spans.sent), "lost": .int(spans.dropped)] }
        if let points { object["points"] = ["sent": .int(points.sent), "lost": .int(points.dropped)] }
        return .object(object)
    }

    private func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
