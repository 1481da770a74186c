extension KnownFailures {
    /// What one case came to, as the file is to know it.
    package struct Result: Sendable, Hashable {
        package var caseID: String
        /// The ids of the checks that are not held.
        package var broken: [String]
        /// What the lines that there were said of it.
        package var findings: [Finding]

        package init(caseID: String, broken: [String], findings: [Finding]) {
            self.caseID = caseID
            self.broken = broken
            self.findings = findings
        }
    }

    /// The file as a run found it: lines that hold are gone, what broke without a line has one of its own at the end. Comments stay, as
    /// does every line about cases that were not played.
    package static func updated(_ text: String, with results: [Result]) -> String {
        let findings = results.flatMap(\.findings)
        let stale = Set(findings.filter { $0.state == .stale }.map(\.line))
        let outdated = Set(findings.filter { $0.state == .otherwise }.map(\.line))
        // A glob that fails in one place and holds in another gives way to the ids that fail.
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
            // One line for a case of which nothing is excused yet.
            lines += excused.isEmpty ? [result.caseID] : left
        }
        return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
    }
}
