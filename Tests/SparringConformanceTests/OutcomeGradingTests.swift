import SparringJSON
import SparringScenario
import Testing

@testable import SparringConformance

@Suite("The grading of reported outcomes")
struct OutcomeGradingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var expect: String
        var outcome: String?
        var check: String
        var verdict: Verdict

        var testDescription: String { "\(expect) ← \(outcome ?? "nothing")" }
    }

    static let good = #"{"ok":true,"text":"pong 7f3a"}"#
    static let bad = #"{"ok":false,"error":{"kind":"truncated"}}"#

    @Test(
        "A reported outcome is graded against the case, and a missing one is unobserved",
        arguments: [
            Row(expect: "outcome: { ok: true }", outcome: good, check: "outcome.ok", verdict: .pass),
            Row(expect: "outcome: { ok: true }", outcome: bad, check: "outcome.ok", verdict: .fail),
            Row(expect: "outcome: { ok: false }", outcome: good, check: "outcome.ok", verdict: .fail),
            Row(expect: "outcome: { ok: false }", outcome: nil, check: "outcome.ok", verdict: .unobserved),
            Row(
                expect: "outcome: { text: 'pong {{session}}' }", outcome: good, check: "outcome.text", verdict: .pass),
            Row(expect: "outcome: { text: pong }", outcome: good, check: "outcome.text", verdict: .fail),
            Row(expect: "outcome: { text: pong }", outcome: bad, check: "outcome.text", verdict: .fail),
            Row(
                expect: "outcome: { error: { kind: truncated } }", outcome: bad, check: "outcome.error.kind",
                verdict: .pass),
            Row(
                expect: "outcome: { error: { kind: connection, or: [truncated] } }", outcome: bad,
                check: "outcome.error.kind", verdict: .pass),
            Row(
                expect: "outcome: { error: { kind: connection } }", outcome: bad, check: "outcome.error.kind",
                verdict: .fail),
            Row(
                expect: "outcome: { error: { kind: connection } }", outcome: good, check: "outcome.error.kind",
                verdict: .fail),
            // The outcome of a driver takes the place of an exit code.
            Row(expect: "exit: 0", outcome: good, check: "exit", verdict: .pass),
            Row(expect: "exit: 0", outcome: bad, check: "exit", verdict: .fail),
            Row(expect: "exit: nonzero", outcome: bad, check: "exit", verdict: .pass),
            Row(expect: "exit: nonzero", outcome: good, check: "exit", verdict: .fail),
            Row(expect: "text: 'pong {{session}}'", outcome: good, check: "text", verdict: .pass),
            Row(expect: "text: 'pong {{session}}'", outcome: bad, check: "text", verdict: .unobserved),
        ])
    func row(row: Row) throws {
        var seen = Sight.of([], ending: .reported)
        seen.outcome = try row.outcome.map { try Outcome(json: JSONValue.parse($0)) }
        let check = try #require(
            Grading.checks(of: try Self.subject(row.expect), seeing: seen).first { $0.id == "x.a#\(row.check)" })
        #expect(check.verdict == row.verdict, "\(check)")
    }

    @Test(
        "A missing answer of a driver is looked for in its report, and the check quotes what was reported",
        arguments: [
            (#"{"ok":true,"text":""}"#, "the answer is missing: the reported text is “”", .fail),
            (#"{"ok":true,"text":"po"}"#, "the answer is missing: the reported text is “po”", .fail),
            (#"{"ok":true}"#, "the answer is missing: no text is reported", .unobserved),
            (#"{"ok":false,"error":{"kind":"other"}}"#, "the answer is missing: no text is reported", .unobserved),
        ] as [(String, String, Verdict)])
    func missingText(outcome: String, actual: String, verdict: Verdict) throws {
        var seen = Sight.of([], ending: .reported)
        seen.outcome = try Outcome(json: JSONValue.parse(outcome))
        let checks = Grading.checks(of: try Self.subject("text: 'pong {{session}}'"), seeing: seen)
        let check = try #require(checks.first { $0.id == "x.a#text" })
        #expect(check.expected.hasSuffix("” in the reported text"))
        #expect(check.actual == actual)
        #expect(check.verdict == verdict)
    }

    @Test("A driver that ends before its report fails the case")
    func lost() throws {
        let seen = Sight.of([], ending: .lost("the driver was ended by signal 11"))
        let checks = Grading.checks(of: try Self.subject("wire: { attempts: 0 }"), seeing: seen)
        #expect(Verdict(of: checks) == .fail)
        #expect(checks.contains { $0.id == "x.a#deadline" && $0.actual.contains("signal 11") })
    }

    @Test("A case that the driver skips is skipped, whatever else was observed")
    func skipped() throws {
        let seen = Sight.of([], ending: .skipped("no streams yet"), leftOver: ["step 1"])
        let checks = Grading.checks(of: try Self.subject("exit: 0"), seeing: seen)
        #expect(Set(checks.map(\.verdict)) == [.skip])
        #expect(Verdict(of: checks) == .skip)
    }

    private static let errors = ScenarioLoader.Errors(names: []) { _ in nil }

    static func subject(_ expect: String) throws -> Case {
        let text = """
            schema: 1
            theme: x
            cases:
              - { id: x.a, since: "1", title: t, why: w, level: must, steps: [{ text: pong }], expect: { \(expect) } }
            """
        return try #require(try CaseLoader.load(text: text, file: "x.yaml", errors: errors).get().first)
    }
}
