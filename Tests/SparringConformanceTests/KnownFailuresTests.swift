import SparringScenario
import Testing

@testable import SparringConformance

@Suite("Known failures")
struct KnownFailuresTests {
    private static func check(_ slug: String, _ verdict: Verdict) -> Check {
        Check(
            id: "retry.test#\(slug)", level: .must, verdict: verdict, requirement: "It does", expected: "a", actual: "b"
        )
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var line: String
        var checks: [Check]
        var standing: CaseStatus
        var evidence = ""

        var testDescription: String { "\(line) \(checks.map(\.verdict))" }
    }

    static let broken = [check("attempts", .fail), check("gap.1-2.min", .fail), check("exit", .pass)]
    static let held = [check("attempts", .pass), check("gap.1-2.min", .pass)]

    @Test(
        "Known failures decide the status of a case",
        arguments: [
            Row(line: "", checks: broken, standing: .failed),
            Row(line: "", checks: held, standing: .held),
            Row(line: "retry.test", checks: broken, standing: .known(reason: nil)),
            Row(line: "  retry.* # our issue 12", checks: broken, standing: .known(reason: "our issue 12")),
            Row(line: "retry", checks: broken, standing: .failed),
            Row(line: "retry.test", checks: held, standing: .stale(line: 1)),
            Row(line: "~ retry.test", checks: held, standing: .held),
            Row(line: "~retry.test", checks: broken, standing: .known(reason: nil)),
            Row(line: "retry.test#gap.*", checks: broken, standing: .failed),
            Row(line: "retry.test#gap.*\nretry.t*#attempts", checks: broken, standing: .known(reason: nil)),
            Row(
                line: "retry.test#exit\nretry.test#attempts\nretry.test#gap.*", checks: broken,
                standing: .stale(line: 1)),
            Row(line: "retry.test :: \"Boom\"", checks: broken, standing: .failed, evidence: "bang"),
            Row(line: "retry.test :: \"Boom\"", checks: broken, standing: .known(reason: nil), evidence: "a Boom."),
            Row(line: "retry.test", checks: [check("attempts", .unobserved)], standing: .open(.unobserved)),
            Row(line: "# retry.test", checks: broken, standing: .failed),
        ])
    func standing(row: Row) throws {
        // The patterns are unchecked, because they name cases that this test does not have.
        let known = KnownFailures(unchecked: row.line)
        let verdict = Verdict(of: row.checks)
        let findings = known.findings(on: "retry.test", verdict: verdict, checks: row.checks, evidence: row.evidence)
        #expect(
            CaseStatus(verdict: verdict, checks: row.checks, findings: findings, failsOnShould: false) == row.standing)
    }

    @Test("A line of known failures without a match is reported with its number and the nearest id")
    func mistakes() {
        let cases = [Case.of(Expectation(exit: .zero, attempts: [.init(1...1)]))]
        func mistakes(_ text: String) -> [KnownFailures.Mistakes.Mistake] {
            do throws(KnownFailures.Mistakes) {
                _ = try KnownFailures(text: text, among: cases)
                return []
            } catch {
                return error.mistakes
            }
        }
        #expect(mistakes("retry.test#exit # fine\n~retry.test#attempts") == [])
        #expect(mistakes("\nretry.tst").map(\.line) == [2])
        #expect(mistakes("retry.tst").first?.reason.contains("did you mean retry.test?") == true)
        #expect(mistakes("retry.test\nretry.test#exit").map(\.line) == [2])
    }

    @Test("An update removes stale lines of known failures, adds new ones and keeps comments")
    func update() {
        let text = "# ours\nretry.a  # holds now\nretry.b  # still\n~retry.c\n\n"
        func finding(_ id: String, _ line: Int, _ state: KnownFailures.Finding.State) -> KnownFailures.Finding {
            .init(caseID: id, check: nil, pattern: id, line: line, reason: nil, state: state)
        }
        let updated = KnownFailures.updated(
            text,
            with: [
                .init(caseID: "retry.a", title: "Tries a again", broken: [], findings: [finding("retry.a", 2, .stale)]),
                .init(
                    caseID: "retry.b", title: "Tries b again", broken: ["retry.b#exit"],
                    findings: [finding("retry.b", 3, .failing)]),
                .init(
                    caseID: "retry.c", title: "Tries c again", broken: ["retry.c#exit"],
                    findings: [finding("retry.c", 4, .flaky)]),
                .init(
                    caseID: "retry.d", title: "Tries d again", broken: ["retry.d#exit", "retry.d#attempts"],
                    findings: []),
            ])
        #expect(updated == "# ours\nretry.b  # still\n~retry.c\nretry.d  # Tries d again\n")
    }
}
