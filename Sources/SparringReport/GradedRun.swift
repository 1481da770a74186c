package import SparringConformance
import SparringJSON
import SparringWire

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

    /// The date, the seed, the set, the version and the machine of the run: `Mon, 30 Nov 2026 04:00:00 GMT · seed 1 · set
    /// 2026.1 · sparring 0.1.0 · Debian GNU/Linux 12 (bookworm) x86_64, 2 processors, 24 GB`
    package var circumstances: String {
        guard let start = log.start else { return "" }
        let set = start.set.map { ["set \($0.name)"] } ?? []
        let machine = start.machine.map { [$0] } ?? []
        return
            ([HTTPDate.text(unixSeconds: start.startedAt), "seed \(start.seed)"] + set + ["sparring \(start.kit)"]
            + machine).joined(separator: " · ")
    }

    /// Whether a case is a finding: it failed, it has a warning, or it was not played to its end. Reports show findings first.
    package func isFinding(_ entry: RunLog.Entry) -> Bool {
        switch standing(entry) {
        case .failed, .stale, .warned, .broken, .unplayed, .known: true
        case .held, .open: false
        }
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

    /// The played cases in the order of the suite, not in the order in which they ended.
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
        let start = log.start
        // Logs of early versions have no options; `driver: true` may also come from a file of settings.
        let driver = start?.isDriver == true && start?.flags.contains("--driver") == false ? ["--driver"] : []
        let flags = start?.flags ?? []
        let own = flags.contains("--cases") ? [] : entry.start.file.map { ["--cases", $0] } ?? []
        let words = ["sparring", "check", entry.start.id] + own + driver + flags + ["--trace", "--"]
        return Shell.line(words + (start?.command ?? []))
    }
}

extension RunEvent.CaseEnd {
    /// How the case ended, and after how much time: `exit code 0, after 698 ms`.
    var endingWords: String { milliseconds == 0 && verdict == .skip ? ending : "\(ending), after \(milliseconds) ms" }

    /// The client's answer to its call: the report of a driver, or the end of the program's output, at most 200 characters.
    var answerLine: String {
        if let returned { return "  returned  \(returned.prefix(Self.mostOfAnswer))" }
        let printed = standardOutput.suffix(Self.mostOfAnswer)
        let cut = printed.count < standardOutput.count ? "…" : ""
        return "  printed   \(cut)\(JSONValue.string(String(printed)).text())"
    }

    private static let mostOfAnswer = 200
}

extension RunLog.Entry {
    /// The checks that did not pass.
    package var offences: [Check] { checks.filter { $0.verdict != .pass && $0.verdict != .skip } }

    package var verdict: String { end?.verdict.rawValue ?? "not run" }
}
