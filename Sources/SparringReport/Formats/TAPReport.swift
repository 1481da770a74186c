import SparringConformance
import SparringJSON
import SparringScenario

/// TAP 14: known failures are TODO, unobserved cases are SKIP.
package enum TAPReport {
    package static func text(_ runs: [GradedRun]) -> String {
        var points = 0
        var body: [String] = []
        for run in runs {
            let prefix = runs.count == 1 ? "" : "\(run.name): "
            for entry in run.inOrder {
                points += 1
                body += point(run, entry, number: points, prefix: prefix)
            }
            for id in run.unplayed {
                points += 1
                body.append("not ok \(points) - \(escape(prefix + id)): not run")
            }
        }
        return (["TAP version 14", "1..\(points)"] + body).joined(separator: "\n") + "\n"
    }

    private static func point(_ run: GradedRun, _ entry: RunLog.Entry, number: Int, prefix: String) -> [String] {
        let standing = run.standing(entry)
        let title = escape("\(prefix)\(entry.start.id): \(entry.start.title)")
        let (isOK, directive) = outcome(standing, entry)
        let line = "\(isOK ? "ok" : "not ok") \(number) - \(title)" + (directive.map { " # \($0)" } ?? "")
        return standing == .held ? [line] : [line] + diagnostics(entry)
    }

    private static func outcome(_ standing: CaseStatus, _ entry: RunLog.Entry) -> (isOK: Bool, directive: String?) {
        switch standing {
        case .held: (true, nil)
        case .warned: (true, "TODO SHOULD failed")
        case .open: (true, "SKIP \(escape(entry.openReason))")
        case .known(let reason): (false, "TODO known failure" + (reason.map { ": \(escape($0))" } ?? ""))
        case .failed, .stale, .broken, .unplayed: (false, nil)
        }
    }

    /// A YAML block. JSON strings are valid YAML.
    private static func diagnostics(_ entry: RunLog.Entry) -> [String] {
        var lines = ["  ---", "  level: \(entry.start.level.rawValue)", "  verdict: \"\(entry.verdict)\""]
        lines += entry.known.filter { $0.state == .stale }.map {
            "  stale: \(JSONValue.string("line \($0.line)").text())"
        }
        if !entry.offences.isEmpty { lines.append("  checks:") }
        for check in entry.offences {
            lines.append("    - id: \(JSONValue.string(check.id).text())")
            lines.append("      verdict: \(check.verdict.rawValue)")
            lines.append("      expected: \(JSONValue.string(check.expected).text())")
            lines.append("      actual: \(JSONValue.string(check.actual).text())")
        }
        return lines + ["  ..."]
    }

    /// Escapes text for TAP, where a `#` would begin a directive.
    private static func escape(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("#", with: "\\#").replacing("\n", with: " ")
    }
}
