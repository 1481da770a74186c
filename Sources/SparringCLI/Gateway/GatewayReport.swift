import SparringConformance
import SparringJSON
import SparringReport
import SparringScenario

/// The report of `gateway check`: first the findings, then the ledger of both ends, then one line for the run.
struct GatewayReport {
    var log: RunLog
    var ledger: TruthLedger
    var features: Set<GatewayFeature>
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
            lines += ["Not observable:"] + unobserved.map { "  \($0.start.id): \($0.reason)" } + [""]
        }
        return (lines + ledgerLines + [summary]).joined(separator: "\n") + "\n"
    }

    private var summary: String {
        let counts: [(String, Int)] = [
            ("passed", entries([.pass]).count), ("failed", entries([.fail, .timeout]).count),
            ("warned", entries([.warn]).count), ("undecided", entries([.inconclusive]).count),
            ("bugs of sparring", entries([.error]).count), ("not observable", entries([.unobserved, .skip]).count),
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
        let head = [
            "upstream", "key", "user", "model", "requests", "failed", "cancelled", "input", "cached", "output", "cost",
        ]
        let rows = (ledger.rows + [ledger.total]).map { row in
            [
                row.upstream, row.key.isEmpty ? "-" : "…\(row.key)", row.user.isEmpty ? "-" : row.user,
                row.model.isEmpty ? "-" : row.model, "\(row.requests)", "\(row.failed)", "\(row.cancelled)",
                "\(row.input)", "\(row.cached)", "\(row.output)",
                row.dollars.dollarsInWords + (row.unpriced > 0 ? " (\(row.unpriced) without a price)" : ""),
            ]
        }
        let both = ledger.lines.map { line in
            [
                line.name, figure(line.truth, line), line.reported.map { figure($0, line) } ?? "not reported",
                line.difference.map { ($0 > 0 ? "+" : "") + figure($0, line) } ?? "-",
            ]
        }
        return ["What the upstreams did:"] + TextTable.lines([head] + rows).map { "  " + $0 } + ["", "Both ends:"]
            + TextTable.lines([["", "upstreams", "reported to clients", "difference"]] + both).map { "  " + $0 } + [""]
    }

    private func figure(_ value: Double, _ line: TruthLedger.Line) -> String {
        guard line.isDollars else { return String(Int(value)) }
        return value < 0 ? "-\((-value).dollarsInWords)" : value.dollarsInWords
    }

    // MARK: JSON

    var json: JSONValue {
        [
            "schema": 1, "outcome": .string(log.end?.outcome.rawValue ?? "interrupted"),
            "reason": .string(orNull: log.end?.reason), "features": .strings(features.map(\.rawValue).sorted()),
            "milliseconds": .int(log.end?.milliseconds ?? 0), "cases": .array(entries.map(\.json)),
            "ledger": ledger.json,
        ]
    }
}

extension RunLog.Entry {
    /// The reason why the case could not be judged.
    fileprivate var reason: String { checks.first { $0.verdict == .unobserved }?.actual ?? "" }

    fileprivate var json: JSONValue {
        [
            "id": .string(start.id), "level": .string(start.level.rawValue), "title": .string(start.title),
            "verdict": .string(verdict),
            "checks": .array(
                checks.map { check in
                    [
                        "id": .string(check.id), "level": .string(check.level.rawValue),
                        "verdict": .string(check.verdict.rawValue), "requirement": .string(check.requirement),
                        "expected": .string(check.expected), "actual": .string(check.actual),
                    ]
                }),
            "exchanges": .array(exchanges),
        ]
    }
}
