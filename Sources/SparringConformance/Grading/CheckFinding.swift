import SparringScenario

/// The result of a check: its verdict, and both sides in words.
struct CheckFinding {
    var verdict: Verdict
    var expected: String
    var actual: String

    init(_ verdict: Verdict, expected: String, actual: String) {
        self.verdict = verdict
        self.expected = expected
        self.actual = actual
    }

    init(_ isMet: Bool, _ level: Level, expected: String, actual: String) {
        self.init(isMet ? .pass : Verdict(breaking: level), expected: expected, actual: actual)
    }
}
