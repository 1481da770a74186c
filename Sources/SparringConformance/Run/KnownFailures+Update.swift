extension KnownFailures {
    /// The result of one case, for an update of the file.
    package struct Result: Sendable, Hashable {
        package var caseID: String
        /// The title of the case, for the comment of a new line.
        package var title: String
        /// The ids of the checks that failed.
        package var broken: [String]
        /// The findings of the existing lines.
        package var findings: [Finding]

        package init(caseID: String, title: String, broken: [String], findings: [Finding]) {
            self.caseID = caseID
            self.title = title
            self.broken = broken
            self.findings = findings
        }
    }

    /// The updated file after a run. Stale lines are removed. Failures without a line are added at the end, with the
    /// title of their case as a comment. Comments are kept, and so are lines about cases that were not run.
    package static func updated(_ text: String, with results: [Result]) -> String {
        let findings = results.flatMap(\.findings)
        let stale = Set(findings.filter { $0.state == .stale }.map(\.line))
        let outdated = Set(findings.filter { $0.state == .otherwise }.map(\.line))
        // A glob that matches cases that pass is replaced by the ids of the cases that fail.
        let gone = stale.union(outdated)
        let kept = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .filter { !gone.contains($0.offset + 1) }.map(\.element)
        var lines = kept.map(String.init)
        while lines.last?.isEmpty == true { lines.removeLast() }
        for result in results {
            let excuses = result.findings.filter {
                ($0.state == .failing || $0.state == .flaky) && !gone.contains($0.line)
            }
            if excuses.contains(where: { $0.check == nil }) { continue }
            let excused = Set(excuses.compactMap(\.check))
            let left = result.broken.filter { !excused.contains($0) }
            guard !left.isEmpty else { continue }
            // There is one line for the whole case, unless some of its checks already have lines.
            lines += (excused.isEmpty ? [result.caseID] : left).map { "\($0)  # \(result.title)" }
        }
        return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
    }
}
