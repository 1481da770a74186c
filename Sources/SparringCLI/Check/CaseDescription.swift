import SparringConformance
import SparringDriver

/// A case for a reader: what it asks, why, what the server does, and what is held against the client.
enum CaseDescription {
    static func lines(_ subject: Case) -> [String] {
        var lines = [
            "\(subject.id) · \(subject.level.rawValue.uppercased()) · since \(subject.since)", subject.title + ".", "",
            subject.why, "",
        ]
        let answers = DryRun.answers(of: subject)
        if !answers.isEmpty { lines += ["The server, in marbles:"] }
        lines += answers.enumerated().map { "  attempt \($0 + 1)  \($1.status)  \($1.marbles)" }
        lines += ["", "What is held against the client:"]
        for requirement in subject.expectation.requirements(level: subject.level) where !requirement.isBuiltIn {
            lines.append(
                "  \(requirement.level.rawValue.uppercased())  \(requirement.question.sentence)  #\(requirement.slug)")
        }
        lines += ["", "The script:", ""]
        lines += BuiltInCases.source(of: subject).split(separator: "\n", omittingEmptySubsequences: false).map {
            "  \($0)"
        }
        if !subject.references.isEmpty { lines += ["", "See:"] + subject.references.map { "  \($0)" } }
        return lines
    }
}
