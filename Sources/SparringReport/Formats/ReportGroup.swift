import SparringConformance

/// The order of the rows of an HTML report: first the cases whose results differ between runs, then the other findings, then the
/// cases without a finding by theme.
struct ReportGroup {
    var group: String
    var row: Matrix.Row
    var isFinding: Bool

    static func all(_ matrix: Matrix, _ runs: [GradedRun]) -> [ReportGroup] {
        var different: [ReportGroup] = []
        var findings: [ReportGroup] = []
        var others: [ReportGroup] = []
        for row in matrix.rows {
            let played = zip(runs, row.entries).compactMap { run, entry in entry.map { (run: run, entry: $0) } }
            let isFinding = played.contains { $0.run.isFinding($0.entry) }
            if !isFinding {
                others.append(ReportGroup(group: row.theme, row: row, isFinding: false))
            } else if played.contains(where: { $0.run.standing($0.entry) == .held }) {
                different.append(ReportGroup(group: "findings in some runs", row: row, isFinding: true))
            } else {
                findings.append(ReportGroup(group: "findings", row: row, isFinding: true))
            }
        }
        return different + findings + others
    }
}
