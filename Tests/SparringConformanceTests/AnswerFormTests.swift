import SparringScenario
import Testing

@testable import SparringConformance

@Suite("The form of printed answers")
struct AnswerFormTests {
    @Test(
        "A form is recognized in an answer, and free text has none",
        arguments: [
            ("text 1: flagged\ntext 2: clean", AnswerForm.labels(["text 1", "text 2"])),
            ("line 3: pong", .labels(["line 3"])),
            ("1/4 2/4", .vectors), ("-0.5/3", .vectors), ("pong 7f3a", nil), ("", nil), ("text one: a", nil),
            ("note 1: a", nil), ("text 1: a\nand so on", nil), ("1/4 and 2/4", nil), ("a/b", nil),
        ])
    func forms(answer: String, form: AnswerForm?) { #expect(AnswerForm(of: answer) == form) }

    private static let verdicts = "text 1: flagged\ntext 2: clean"

    @Test(
        "A program that shows another answer in the form of its task fails, and a silent program is not observed",
        arguments: [
            (verdicts, "text 1: flagged\ntext 2: flagged\n", Verdict.fail), (verdicts, "text 2: clean\r\n", .fail),
            (verdicts, verdicts, .pass), (verdicts, "", .unobserved), (verdicts, "all texts: clean", .unobserved),
            ("1/4 2/4", "2/4 1/4\n", .fail), ("1/4 2/4", "> 1/4 2/4", .pass), ("1/4 2/4", "stored 2 of 2", .unobserved),
            ("pong 7f3a", "text 1: clean", .unobserved),
        ])
    func output(answer: String, printed: String, verdict: Verdict) throws {
        let subject = Case.of(Expectation(text: .init(answer)))
        let checks = Grading.checks(of: subject, seeing: Sight.of([.init(came: 0, left: 1)], output: printed))
        #expect(try #require(checks.first { $0.id == "retry.test#text" }).verdict == verdict)
    }
}
