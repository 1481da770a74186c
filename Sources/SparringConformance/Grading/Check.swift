package import SparringScenario

/// The result of one requirement: its verdict, with the expected and the actual behaviour.
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
    /// Whether the requirement is an upper limit of a time. On a busy machine, the cause of a failure may be the machine, not the client.
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
