import SparringConformance
import SparringDriver
import SparringJSON
import SparringScenario

/// A case for programs: one object of `sparring cases --json`.
enum CaseJSON {
    static func object(_ subject: Case) -> JSONValue {
        [
            "id": .string(subject.id), "theme": .string(subject.theme), "level": .string(subject.level.rawValue),
            "since": .string(subject.since), "title": .string(subject.title), "why": .string(subject.why),
            "needs": .strings(subject.needs.map(\.rawValue)), "references": .strings(subject.references),
            "checks": .strings(subject.checkIDs), "requirements": requirements(subject), "answers": answers(subject),
            "file": .string(orNull: subject.file),
        ]
    }

    /// The requirements of the case itself, without the requirements that every case has.
    private static func requirements(_ subject: Case) -> JSONValue {
        let own = subject.expectation.requirements(level: subject.level).filter { !$0.isBuiltIn }
        return .array(
            own.map { requirement in
                [
                    "check": .string("\(subject.id)#\(requirement.slug)"),
                    "level": .string(requirement.level.rawValue),
                    "requirement": .string(requirement.question.sentence),
                ]
            })
    }

    /// The server's answers to the first attempts of a client with usual behaviour.
    private static func answers(_ subject: Case) -> JSONValue {
        .array(
            DryRun.answers(of: subject).map { ["status": .int($0.status), "marbles": .string($0.marbles)] })
    }
}
