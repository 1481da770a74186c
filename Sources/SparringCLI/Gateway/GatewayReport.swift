import SparringConformance
import SparringJSON
import SparringReport
import SparringScenario

/// The report of `gateway check`: first the findings, then the ledger of both ends, then one line for the run.
struct GatewayReport {
    var log: RunLog
    var ledger: TruthLedger
    var features: Set<GatewayFeature>
    /// The gateway's name from the adapter file.
    var gateway: String?
    /// The number of URLs in `--through`.
    var replicas: Int
    /// The options that repeat a case.
    var again: [String]
    var tracesAll: Bool

    private var entries: [RunLog.Entry] { log.selected }

    private func entries(_ verdicts: Set<Verdict>) -> [RunLog.Entry] {
        entries.filter { $0.end.map { verdicts.contains($0.verdict) } ?? false }
    }

    func text(style: TextStyle) -> String {
        let open: Set<Verdict> = [.unobserved, .skip]
        let shown = entries.filter { entry in
            guard let verdict = entry.end?.verdict else { return false }
            return tracesAll || verdict != .pass && !open.contains(verdict)
        }
        var lines = shown.flatMap { entry in
            ConsoleReport.lines(entry, wholeWire: tracesAll, style: style) + [
                "  again     \(Shell.line(["sparring", "gateway", "check", entry.start.id] + again))", "",
            ]
        }
        let unobserved = entries(open)
        if !unobserved.isEmpty, !tracesAll {
            lines += ["Unobserved:"] + unobserved.map { "  \($0.start.id): \($0.reason)" } + [""]
        }
        return (lines + ledgerLines + [summary]).joined(separator: "\n") + "\n"
    }

    private var summary: String {
        let counts: [(String, Int)] = [
            ("passed", entries([.pass]).count), ("failed", entries([.fail, .timeout]).count),
            ("warned", entries([.warn]).count), ("undecided", entries([.inconclusive]).count),
            ("bugs of sparring", entries([.error]).count), ("unobserved", entries([.unobserved, .skip]).count),
        ]
        let words = counts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
        let time = log.end.map { " · \(Duration.milliseconds($0.milliseconds).inWords)" } ?? ""
        let reason = log.end?.reason.map { ": \($0)" } ?? ""
        let outcome =
            switch log.end?.outcome {
            case .held: "passed"
            case .failed: "FAILED"
            case .interrupted: "INTERRUPTED"
            case .broken: "BUG IN SPARRING"
            default: "UNRELIABLE"
            }
        return "sparring: \(outcome)\(reason) · \(words)\(time)"
    }

    // MARK: The ledger

    private var ledgerLines: [String] {
        guard !ledger.rows.isEmpty else { return [] }
        // Our own ledger can be read.
        guard let tables = try? GatewayLedgerTables(ledger.json) else { return [] }
        return ["What the upstreams did:"]
            + TextTable.lines([GatewayLedgerTables.upstreamHead] + tables.upstreams).map { "  " + $0 }
            + ["", "Both ends:"]
            + TextTable.lines([GatewayLedgerTables.bothEndsHead] + tables.bothEnds).map { "  " + $0 } + [""]
            + bookedLines(tables)
    }

    private func bookedLines(_ tables: GatewayLedgerTables) -> [String] {
        guard !tables.booked.isEmpty else { return [] }
        return ["What the gateway booked:"]
            + TextTable.lines([GatewayLedgerTables.bookedHead] + tables.booked).map { "  " + $0 }
            + tables.problems.map { "  " + $0 } + [""]
    }

    // MARK: JSON

    var json: JSONValue {
        GatewayRunFile(
            gateway: gateway, replicas: replicas, log: log, features: features, ledger: ledger,
            again: RunEvent.masked(command: again).withoutKeys
        ).json
    }
}

extension RunLog.Entry {
    /// The reason why the case could not be judged.
    fileprivate var reason: String { checks.first { $0.verdict == .unobserved }?.actual ?? "" }
}

extension [String] {
    /// The options without the values of `--key`, because the report of a run is stored and shown to others.
    fileprivate var withoutKeys: [String] {
        enumerated().map { index, word in index > 0 && self[index - 1] == "--key" ? "KEY" : word }
    }
}
