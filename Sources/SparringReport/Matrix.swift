import SparringConformance
package import SparringScenario

/// A table of cases × runs, with one row for each selected case. The order is that of the first run that has the case.
package struct Matrix: Sendable {
    package struct Row: Sendable {
        package var id: String
        package var level: Level
        package var title: String
        /// One entry for each run; nil if the run did not play the case.
        package var entries: [RunLog.Entry?]

        package var theme: String { String(id.prefix { $0 != "." }) }
    }

    package var rows: [Row]

    package init(_ runs: [GradedRun]) {
        let byRun = runs.map { run in run.inOrder.reduce(into: [String: RunLog.Entry]()) { $0[$1.start.id] = $1 } }
        var seen: Set<String> = []
        let starts = runs.flatMap { $0.inOrder.map(\.start) }.filter { seen.insert($0.id).inserted }
        let rows = starts.map { start in
            Row(
                id: start.id, level: start.level, title: start.title, entries: byRun.map { $0[start.id] })
        }
        // The cases of a theme stay together, even if a later run adds a case to that theme.
        let themes = rows.map(\.theme)
        self.rows = rows.enumerated()
            .map { (theme: themes.firstIndex(of: $1.theme) ?? $0, offset: $0, row: $1) }
            .sorted { ($0.theme, $0.offset) < ($1.theme, $1.offset) }.map(\.row)
    }
}
