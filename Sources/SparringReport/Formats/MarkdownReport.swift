import SparringConformance
import SparringScenario

/// Markdown for the summary page of a CI: the grades, a table of cases × clients, and the failed cases in folds.
package enum MarkdownReport {
    package static func text(_ runs: [GradedRun]) -> String {
        var lines = ["# Conformance", ""]
        for run in runs {
            let outcome = run.log.end.map { $0.outcome.words } ?? "the log is incomplete"
            lines.append("- `\(code(run.name))`: **\(outcome)**" + (run.grade.map { " · \($0.words)" } ?? ""))
        }
        lines += [""] + table(runs)
        if runs.contains(where: { run in run.inOrder.contains { shows(run.standing($0)) && Marbles.isShown(in: $0) } })
        {
            lines += ["", "`\(Marbles.legend)`"]
        }
        for run in runs {
            for entry in run.inOrder where shows(run.standing(entry)) {
                lines += [""] + fold(run, entry, isAlone: runs.count == 1)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func shows(_ standing: CaseStatus) -> Bool {
        switch standing {
        case .failed, .stale, .warned, .broken, .unplayed, .known: true
        case .held, .open: false
        }
    }

    private static func table(_ runs: [GradedRun]) -> [String] {
        let matrix = Matrix(runs)
        let head = runs.count == 1 ? ["verdict"] : runs.map { "`\(code($0.name))`" }
        let rows = matrix.rows.map { row in
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
        let body = ConsoleReport.lines(entry) + ["  again     \(run.again(entry))"]
        let fence = fence(around: body)
        return ["<details><summary>\(summary)</summary>", "", fence + "text"] + body + [fence, "", "</details>"]
    }

    /// A fence that is longer than every run of backquotes inside.
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
