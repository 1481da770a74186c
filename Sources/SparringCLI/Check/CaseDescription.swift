import SparringConformance
import SparringDriver
import SparringReport
import SparringScenario

/// Describes a case as text: its title and reason, the answers of the server, the requirements, the script.
enum CaseDescription {
    /// - Parameter source: the text of the case in its file.
    static func lines(_ subject: Case, source: String) -> [String] {
        let origin = subject.file.map { "of \($0)" } ?? "since \(subject.since)"
        var lines = [
            "\(subject.id) · \(subject.level.rawValue.uppercased()) · \(origin)", subject.title + ".", "",
            subject.why, "",
        ]
        let answers = DryRun.answers(of: subject)
        if !answers.isEmpty { lines += ["The answers of the server:"] }
        lines += answers.enumerated().map { "  attempt \($0 + 1)  \($1.status)  \($1.marbles)" }
        if !answers.isEmpty { lines.append("  \(Marbles.legend)") }
        lines += ["", "The requirements:"]
        for requirement in subject.expectation.requirements(level: subject.level) where !requirement.isBuiltIn {
            lines.append(
                "  \(requirement.level.rawValue.uppercased())  \(requirement.question.sentence)  #\(requirement.slug)")
        }
        lines += ["", "The script:", ""]
        lines += source.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
        if !subject.references.isEmpty { lines += ["", "See:"] + subject.references.map { "  \($0)" } }
        return lines
    }
}
