package import SparringConformance

/// A run with the name that it goes by in a report: its command, unless it was given another.
package struct GradedRun: Sendable {
    package var name: String
    package var log: RunLog

    package init(_ log: RunLog, name: String? = nil) {
        self.log = log
        self.name =
            name ?? log.start?.client.map { "\($0.name) \($0.version)" } ?? Shell.line(log.start?.command ?? [])
    }

    package var grade: Grade? { Grade(log) }

    /// What a case comes to in this run.
    package func standing(_ entry: RunLog.Entry) -> CaseStatus {
        CaseStatus(
            verdict: entry.end?.verdict, checks: entry.checks, findings: entry.known,
            failsOnShould: log.start?.failsOnShould ?? false)
    }

    /// The cases of the run by theme, in the order in which they were selected; what was never played is missing.
    package var themes: [(name: String, entries: [RunLog.Entry])] {
        var themes: [(name: String, entries: [RunLog.Entry])] = []
        for entry in inOrder {
            let theme = String(entry.start.id.prefix { $0 != "." })
            if let index = themes.firstIndex(where: { $0.name == theme }) {
                themes[index].entries.append(entry)
            } else {
                themes.append((theme, [entry]))
            }
        }
        return themes
    }

    /// Cases end in any order; reports list them as the suite does.
    package var inOrder: [RunLog.Entry] {
        let entries = log.selected
        return (log.start?.cases ?? []).compactMap { id in entries.first { $0.start.id == id } }
    }

    /// Ids of selected cases that never began.
    package var unplayed: [String] {
        let begun = Set(log.entries.map(\.start.id))
        return (log.start?.cases ?? []).filter { !begun.contains($0) }
    }

    /// The command that plays a case again.
    package func again(_ entry: RunLog.Entry) -> String {
        "sparring check \(entry.start.id) \(log.start?.isDriver == true ? "--driver " : "")--trace -- \(Shell.line(log.start?.command ?? []))"
    }
}

extension RunLog.Entry {
    /// The checks that explain why the case is not simply a pass.
    package var offences: [Check] { checks.filter { $0.verdict != .pass && $0.verdict != .skip } }

    package var verdict: String { end?.verdict.rawValue ?? "not run" }
}
