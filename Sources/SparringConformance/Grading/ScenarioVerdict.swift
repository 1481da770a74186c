package import SparringJSON
package import SparringScenario

/// The expectations of a scenario, judged after a run of a program: the verdict of `sparring run`.
///
/// The expectations have the grammar of case files. Three rules differ, because the user wrote the scenario for this program. A leaf
/// without `level` is a MUST. A MUST that could not be observed fails, because nothing shows that it is met. A program
/// is always expected to print `text`.
package struct ScenarioVerdict: Sendable {
    package var checks: [Check]

    /// - Parameters:
    ///   - name: the scenario's name, the first part of each check's id.
    ///   - observation: the run. The observation's value `isOpen` is ignored.
    package init(_ expectation: Expectation, of name: String, seeing observation: Observation) {
        var observation = observation
        observation.isOpen = true
        let script = Scenario(name: name)
        var subject = Case.open(name, scenario: script, limit: .zero, timeout: .zero)
        subject.level = .must
        subject.expectation = expectation
        checks = Grading.checks(of: subject, seeing: observation).filter { !$0.isBuiltIn }.map { check in
            var check = check
            // A scenario has no plain calls before the run, but the message for cases mentions them.
            if check.actual.hasPrefix(Grading.missingAnswer) { check.actual = Grading.missingAnswer }
            guard check.verdict == .unobserved else { return check }
            check.verdict = Verdict(breaking: check.level)
            check.actual = "not observed: \(check.actual)"
            return check
        }
    }

    /// True if no MUST is broken.
    package var holds: Bool { !checks.contains { $0.verdict.isBad } }

    /// The checks that are broken or undecided.
    package var offences: [Check] { checks.filter { $0.verdict != .pass } }

    /// The checks, in the order of the expectation.
    package var json: JSONValue {
        .array(
            checks.map { check in
                [
                    "check": .string(check.id), "level": .string(check.level.rawValue),
                    "verdict": .string(check.verdict.rawValue), "requirement": .string(check.requirement),
                    "expected": .string(check.expected), "actual": .string(check.actual),
                ]
            })
    }
}
