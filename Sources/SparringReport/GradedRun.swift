package import SparringConformance

/// A run with its name in reports: the given name, the name of the client, or the command.
package struct GradedRun: Sendable {
    package var name: String
    package var log: RunLog

    package init(_ log: RunLog, name: String? = nil) {
        self.log = log
        self.name =
            name ?? log.start?.client.map { "\($0.name) \($0.version)" } ?? Shell.line(log.start?.command ?? [])
    }

    package var grade: Grade? { Grade(log) }

    /// The status of a case in this run.
    package func standing(_ entry: RunLog.Entry) -> CaseStatus {
        CaseStatus(
            verdict: entry.end?.verdict, checks: entry.checks, findings: entry.known,
            failsOnShould: log.start?.failsOnShould ?? false)
    }

    /// The played cases by theme, in the order of their selection.
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

    /// The played cases in the order of the suite. They end in any order.
    package var inOrder: [RunLog.Entry] {
        let entries = log.selected
        return (log.start?.cases ?? []).compactMap { id in entries.first { $0.start.id == id } }
    }

    /// The ids of selected cases that never began.
    package var unplayed: [String] {
        let begun = Set(log.entries.map(\.start.id))
        return (log.start?.cases ?? []).filter { !begun.contains($0) }
    }

    /// The command that plays a case again.
    package func again(_ entry: RunLog.Entry) -> String {
        let own = entry.start.file.map { "--cases \(Shell.line([$0])) " } ?? ""
        let driver = log.start?.isDriver == true ? "--driver " : ""
        return "sparring check \(entry.start.id) \(own)\(driver)--trace -- \(Shell.line(log.start?.command ?? []))"
    }
}

extension RunEvent.CaseEnd {
    /// How the case ended, and after what time: `exit code 0, after 698 ms`.
    var endingWords: String { milliseconds == 0 && verdict == .skip ? ending : "\(ending), after \(milliseconds) ms" }
}

extension RunLog.Entry {
    /// The checks that did not pass.
    package var offences: [Check] { checks.filter { $0.verdict != .pass && $0.verdict != .skip } }

    package var verdict: String { end?.verdict.rawValue ?? "not run" }
}
