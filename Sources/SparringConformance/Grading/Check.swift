package import SparringScenario

/// The result of one requirement: its verdict, with what was expected and what happened.
package struct Check: Sendable, Hashable {
    /// `case-id#slug`.
    package var id: String
    package var level: Level
    package var verdict: Verdict
    /// The requirement as a sentence.
    package var requirement: String
    package var expected: String
    package var actual: String
    package var isBuiltIn: Bool
    /// Whether it is an upper time limit: on a busy machine, the client may not be to blame.
    package var isUpperTimeBound: Bool

    package init(
        id: String, level: Level, verdict: Verdict, requirement: String, expected: String, actual: String,
        isBuiltIn: Bool = false, isUpperTimeBound: Bool = false
    ) {
        self.id = id
        self.level = level
        self.verdict = verdict
        self.requirement = requirement
        self.expected = expected
        self.actual = actual
        self.isBuiltIn = isBuiltIn
        self.isUpperTimeBound = isUpperTimeBound
    }
}

extension Verdict {
    /// The verdict of a case: the worst of its checks. Unobserved checks do not count, and built-in checks alone give
    /// no pass: without a passed check of its own, the case is `unobserved`.
    package init(of checks: [Check]) {
        let worst = checks.map(\.verdict).max() ?? .unobserved
        if worst == .skip {
            self = .skip
            return
        }
        if worst > .unobserved {
            self = worst
        } else if !checks.isEmpty, checks.allSatisfy({ $0.verdict == .skip }) {
            self = .skip
        } else {
            self = checks.contains { $0.verdict == .pass && !$0.isBuiltIn } ? .pass : .unobserved
        }
    }
}
