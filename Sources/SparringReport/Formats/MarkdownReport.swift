import SparringConformance
import SparringScenario

/// Markdown for the summary page of a CI: the grades and counts, the findings with folded details, and a folded table
/// of all cases at the end.
package enum MarkdownReport {
    package static func text(_ runs: [GradedRun]) -> String {
        var lines = ["# Conformance", ""]
        for run in runs {
            let outcome = run.log.end.map { $0.outcome.words } ?? "the log is incomplete"
            lines.append("- `\(code(run.name))`: **\(outcome)**" + (run.grade.map { " · \($0.words)" } ?? ""))
            lines.append("  - \(code(RunCounts(run).words))")
            lines += RefusedRequests.lines(run.log).map { "  - refused: \(code($0))" }
            if run.log.start != nil { lines.append("  - \(run.circumstances)") }
        }
        let rows = Matrix(runs).rows
        let findings = rows.filter { row in
            zip(runs, row.entries).contains { run, entry in entry.map(run.isFinding) ?? false }
        }
        lines += findings.isEmpty ? ["", "No findings."] : [""] + table(runs, findings)
        if runs.contains(where: { run in run.inOrder.contains { run.isFinding($0) && Marbles.isShown(in: $0) } }) {
            lines += ["", "`\(Marbles.legend)`"]
        }
        for run in runs {
            for entry in run.inOrder where run.isFinding(entry) {
                lines += [""] + fold(run, entry, isAlone: runs.count == 1)
            }
        }
        lines +=
            ["", "<details><summary>All \(rows.count) cases</summary>", ""] + table(runs, rows) + ["", "</details>"]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func table(_ runs: [GradedRun], _ rows: [Matrix.Row]) -> [String] {
        let head = runs.count == 1 ? ["verdict"] : runs.map { "`\(code($0.name))`" }
        let rows = rows.map { row in
            let cells = zip(runs, row.entries).map { run, entry in entry.map { word(run, $0) } ?? "–" }
            return "| `\(row.id)` | \(row.level.rawValue.uppercased()) | \(cells.joined(separator: " | ")) |"
        }
        return [
            "| case | level | \(head.joined(separator: " | ")) |",
            "|---|---|" + String(repeating: "---|", count: runs.count),
        ] + rows
    }

    private static func word(_ run: GradedRun, _ entry: RunLog.Entry) -> String {
        switch run.standing(entry) {
        case .held: "pass"
        case .known: "known failure"
        case .stale: "**stale**"
        case .warned: "warn"
        case .open(let verdict): verdict.rawValue
        case .failed, .broken, .unplayed: "**\(entry.verdict)**"
        }
    }

    private static func fold(_ run: GradedRun, _ entry: RunLog.Entry, isAlone: Bool) -> [String] {
        let client = isAlone ? "" : " · \(Markup.escape(run.name))"
        let summary =
            "\(entry.verdict) · \(Markup.escape(entry.start.id))\(client) · \(Markup.escape(entry.start.title))"
        let body = ConsoleReport.lines(entry, wholeWire: false) + ["  again     \(run.again(entry))"]
        let fence = fence(around: body)
        return ["<details><summary>\(summary)</summary>", "", fence + "text"] + body + [fence, "", "</details>"]
    }

    /// A fence that is longer than every run of backquotes in the text.
    private static func fence(around lines: [String]) -> String {
        var longest = 0
        for line in lines {
            var run = 0
            for character in line {
                run = character == "`" ? run + 1 : 0
                longest = max(longest, run)
            }
        }
        return String(repeating: "`", count: max(3, longest + 1))
    }

    /// Escapes a text for backquotes in a table cell.
    private static func code(_ text: String) -> String {
        text.replacing("`", with: "'").replacing("|", with: "\\|").replacing("\n", with: " ")
    }
}
