import SparringExchange
import SparringScenario
import SparringWire
import Testing

@testable import SparringConformance

@Suite("The grading of checks")
struct GradingTests {
    /// One expectation, one observation, and the verdict of the check under test.
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var expectation: Expectation
        var level = Level.must
        var check: String
        var sight: Observation
        var verdict: Verdict

        init(
            _ description: String, _ expectation: Expectation, level: Level = .must, check: String,
            seeing sight: Observation, is verdict: Verdict
        ) {
            testDescription = description
            self.expectation = expectation
            self.level = level
            self.check = check
            self.sight = sight
            self.verdict = verdict
        }
    }

    private static func grade(_ row: Row) throws -> Check {
        let checks = Grading.checks(of: .of(row.expectation, level: row.level), seeing: row.sight)
        return try #require(checks.first { $0.id == "retry.test#\(row.check)" }, "\(checks.map(\.id))")
    }

    private static let one = Sight.Attempt(came: 0, left: 10)
    private static let two = Sight.Attempt(came: 900, left: 910)

    @Test(
        "Each check gets the verdict that fits the observation",
        arguments: [
            Row("exit 0, expected 0", .init(exit: .zero), check: "exit", seeing: Sight.of([]), is: .pass),
            Row(
                "exit 3, expected 0", .init(exit: .zero), check: "exit", seeing: Sight.of([], ending: .exited(3)),
                is: .fail),
            Row(
                "exit 3, a SHOULD expects 0", .init(exit: .zero), level: .should, check: "exit",
                seeing: Sight.of([], ending: .exited(3)), is: .warn),
            Row("exit 0, expected a failure", .init(exit: .nonzero), check: "exit", seeing: Sight.of([]), is: .fail),
            Row(
                "a signal does not report a failure", .init(exit: .nonzero), check: "exit",
                seeing: Sight.of([], ending: .signalled(11)), is: .fail),
            Row(
                "an exit code that was not observed", .init(exit: .zero), check: "exit",
                seeing: Sight.of([], ending: .unseen), is: .unobserved),
            Row(
                "a text that is printed", .init(text: "pong {{session}}"), check: "text",
                seeing: Sight.of([], output: "> pong 7f3a\n"), is: .pass),
            Row(
                "text of another session", .init(text: "pong {{session}}"), check: "text",
                seeing: Sight.of([], output: "pong 0000"), is: .unobserved),
            Row(
                "the expected number of attempts", .init(attempts: [.init(2...2)]), check: "attempts",
                seeing: Sight.of([one, two]), is: .pass),
            Row(
                "one attempt too few", .init(attempts: [.init(2...2)]), check: "attempts", seeing: Sight.of([one]),
                is: .fail),
            Row(
                "an auxiliary request is not an attempt", .init(attempts: [.init(1...1)]),
                check: "attempts",
                seeing: Sight.of([.init(came: 0, left: 1, isAuxiliary: true), one]), is: .pass),
            Row(
                "a check of the prompt before a conversation is not an attempt", .init(attempts: [.init(1...1)]),
                check: "attempts",
                seeing: Sight.of([.init(came: 0, left: 1, endpoint: "moderations"), one]), is: .pass),
            Row(
                "embeddings that a step answers are an attempt", .init(attempts: [.init(1...1)]),
                check: "attempts",
                seeing: Sight.of([.init(came: 0, left: 1, endpoint: "embeddings", step: "step 1"), one]), is: .fail),
            Row(
                "embeddings that the case does not answer are an attempt", .init(attempts: [.init(1...1)]),
                check: "attempts",
                seeing: Sight.of([.init(came: 0, left: 1, unmatched: "no step", endpoint: "embeddings"), one]),
                is: .fail),
            Row(
                "a bound with its own level", .init(attempts: [.init(1...3), .init(1...1, level: .should)]),
                check: "attempts.should", seeing: Sight.of([one, two]), is: .warn),
            Row(
                "the same body twice", .init(identical: [.body]), check: "identical.body",
                seeing: Sight.of([one, two]),
                is: .pass),
            Row(
                "another body", .init(identical: [.body]), check: "identical.body",
                seeing: Sight.of([one, .init(came: 900, left: 910, body: "")]), is: .fail),
            Row(
                "only one body, nothing to compare", .init(identical: [.body]), check: "identical.body",
                seeing: Sight.of([one]),
                is: .unobserved),
            Row(
                "the third body repeats the first", .init(distinct: [.body]), check: "distinct.body",
                seeing: Sight.of([one, .init(came: 900, left: 910, body: "{ }"), two]), is: .fail),
            Row(
                "one body is distinct", .init(distinct: [.body]), check: "distinct.body", seeing: Sight.of([one]),
                is: .pass),
            Row(
                "a header that is present", .init(headers: [.init(attempt: 2, name: "Authorization", isPresent: true)]),
                check: "header.2.Authorization", seeing: Sight.of([one, two]), is: .pass),
            Row(
                "a header that is missing", .init(headers: [.init(attempt: 2, name: "authorization", isPresent: true)]),
                check: "header.2.authorization", seeing: Sight.of([one, .init(came: 900, left: 910, headers: [:])]),
                is: .fail),
            Row(
                "a header that must be absent",
                .init(headers: [.init(attempt: 1, name: "authorization", isPresent: false)]),
                check: "header.1.authorization", seeing: Sight.of([one]), is: .fail),
            Row(
                "a header of an attempt that was not made",
                .init(headers: [.init(attempt: 2, name: "authorization", isPresent: true)]),
                check: "header.2.authorization", seeing: Sight.of([one]), is: .unobserved),
            Row(
                "an answer that is printed twice", .init(atMostOnce: ["one"]), check: "at_most_once.1",
                seeing: Sight.of([one], output: "one two one two"), is: .fail),
            Row(
                "an answer that is printed once", .init(atMostOnce: ["one"]), check: "at_most_once.1",
                seeing: Sight.of([one], output: "one two"), is: .pass),
            Row(
                "an answer that is not printed", .init(atMostOnce: ["one"]), check: "at_most_once.1",
                seeing: Sight.of([one]),
                is: .unobserved),
            Row(
                "a key on the output", .init(notShown: ["{{key}}"]), check: "not_shown.1",
                seeing: Sight.of([one], output: "asking with sk-sparring-7f3a"), is: .fail),
            Row(
                "no key on the output", .init(notShown: ["{{key}}"]), check: "not_shown.1",
                seeing: Sight.of([one], output: "asking"), is: .pass),
            Row(
                "a key in a URL", .init(notInURL: ["7f3a"]), check: "not_in_url.1", seeing: Sight.of([one]),
                is: .fail),
            Row(
                "no key in a URL", .init(notInURL: ["{{key}}"]), check: "not_in_url.1", seeing: Sight.of([one]),
                is: .pass),
            Row(
                "a key sent to another host", .init(sameHostOnly: ["authorization"]),
                check: "same_host_only.authorization",
                seeing: Sight.of([one, .init(came: 20, left: 30, headers: ["host": "b", "authorization": "x"])]),
                is: .fail
            ),
            Row(
                "another host without the key", .init(sameHostOnly: ["authorization"]),
                check: "same_host_only.authorization",
                seeing: Sight.of([one, .init(came: 20, left: 30, headers: ["host": "b"])]), is: .pass),
            Row(
                "a client that leaves in time", .init(disconnects: [.init(attempt: 1, within: .seconds(1))]),
                check: "disconnects.1",
                seeing: Sight.of([.init(came: 0, left: 5000, peerGone: 900)]), is: .pass),
            Row(
                "a client that leaves too late", .init(disconnects: [.init(attempt: 1, within: .seconds(1))]),
                check: "disconnects.1",
                seeing: Sight.of([.init(came: 0, left: 5000, peerGone: 1500)]), is: .fail),
            Row(
                "a client that stays", .init(disconnects: [.init(attempt: 1, within: .seconds(1))]),
                check: "disconnects.1",
                seeing: Sight.of([.init(came: 0, left: 5000)]), is: .fail),
            Row(
                "a step left over", .init(), check: "script-consumed", seeing: Sight.of([], leftOver: ["step 2"]),
                is: .fail),
            Row(
                "a request beyond the script", .init(), check: "no-extra-request",
                seeing: Sight.of([one, .init(came: 20, left: 30, unmatched: "used up")]), is: .fail),
            Row(
                "a stray request", .init(), check: "no-stray", seeing: Sight.of([one], strays: ["POST /v1"]), is: .fail),
            Row(
                "an expired deadline", .init(), check: "deadline",
                seeing: Sight.of([], ending: .expired(after: .seconds(9), waiting: "waiting for request 1")),
                is: .timeout),
            Row(
                "our answer never ended", .init(), check: "harness-wire-valid",
                seeing: Sight.of([.init(came: 0)]), is: .error),
            Row(
                "an answer that the client left", .init(), check: "harness-wire-valid",
                seeing: Sight.of([.init(came: 0, peerGone: 5)]), is: .pass),
            Row(
                "a fault that was not delivered", .init(), check: "harness-wire-valid",
                seeing: Sight.of([.init(came: 0, left: 10, missedFault: "the answer is too short")]), is: .error),
        ])
    func verdicts(row: Row) throws {
        #expect(try Self.grade(row).verdict == row.verdict)
    }

    @Test("A gap is measured from the client's disconnect when that came first")
    func gapFromLeaving() throws {
        let sight = Sight.of([.init(came: 0, left: 5000, peerGone: 1000), .init(came: 1600, left: 1700)])
        #expect(sight.gap(from: 1, to: 2)?.duration == .milliseconds(600))
        #expect(sight.gap(from: 2, to: 3) == nil)
    }

    /// A bound of 2 s has a tolerance of 100 ms. In each row, Sparring itself is late or on time.
    @Test(
        "A lower bound of a gap has a tolerance, and is inconclusive if lateness of Sparring decides",
        arguments: [
            (gap: 2000, late: 0, verdict: Verdict.pass), (1900, 0, .pass), (1899, 0, .fail), (0, 0, .fail),
            (1950, 60, .inconclusive), (2000, 100, .pass), (1895, 10, .inconclusive), (1500, 60, .fail),
        ])
    func lowerBound(row: (gap: Int, late: Int, verdict: Verdict)) throws {
        let lateness = row.late == 0 ? [] : [Lateness(due: Sight.at(10), came: Sight.at(10 + row.late))]
        let expectation = Expectation(gaps: [.init(from: 1, to: 2, minimum: .seconds(2))])
        let check = try Self.grade(
            Row("", expectation, check: "gap.1-2.min", seeing: Sight.gap(row.gap, lateness: lateness), is: row.verdict))
        #expect(check.verdict == row.verdict, "\(check.actual)")
    }

    @Test("A gap after an answer with a late timestamp is inconclusive if the answer may have ended earlier")
    func lateStamp() throws {
        let expectation = Expectation(gaps: [.init(from: 1, to: 2, minimum: .seconds(2))])
        for (due, verdict) in [(10, Verdict.inconclusive), (200, .fail)] {
            let sight = Sight.of([.init(came: 5, left: 216, due: due), .init(came: 2028, left: 2030)])
            let check = try Self.grade(Row("", expectation, check: "gap.1-2.min", seeing: sight, is: verdict))
            #expect(check.verdict == verdict, "\(check.actual)")
        }
    }

    @Test("An exceeded upper bound of a gap is only a warning")
    func upperBound() throws {
        let expectation = Expectation(gaps: [.init(from: 1, to: 2, maximum: .seconds(4))])
        for (gap, verdict) in [(3900, Verdict.pass), (4100, .warn)] {
            let check = try Self.grade(
                Row("", expectation, check: "gap.1-2.max", seeing: Sight.gap(gap), is: verdict))
            #expect(check.verdict == verdict)
            #expect(check.level == .should)
        }
    }

    @Test("A gap counts only the lateness near its timestamps")
    func latenessFarAway() {
        let far = Lateness(due: Sight.at(500), came: Sight.at(900))
        let near = Lateness(due: Sight.at(2000), came: Sight.at(2030))
        let seen = Sight.gap(2000, lateness: [far, near]).gap(from: 1, to: 2)
        #expect(seen?.lag == .milliseconds(30))
    }

    @Test("A late client is inconclusive when a machine standstill explains the delay")
    func heldUp() throws {
        let standstill = Lateness(due: Sight.at(1000), came: Sight.at(2500))
        let expectation = Expectation(gaps: [.init(from: 1, to: 2, maximum: .seconds(4))])
        for (gap, verdict) in [(3900, Verdict.pass), (5000, .inconclusive), (5600, .warn)] {
            let sight = Sight.gap(gap, lateness: [standstill])
            let check = try Self.grade(Row("", expectation, check: "gap.1-2.max", seeing: sight, is: verdict))
            #expect(check.verdict == verdict, "\(check.actual)")
        }
    }

    @Test("All checks of a case are unobserved if an exchange was still open")
    func unfinished() throws {
        var sight = Sight.of([])
        let expectation = Expectation(exit: .zero, attempts: [.init(1...2)])
        let before = Grading.checks(of: .of(expectation), seeing: sight)
        #expect(before.first { $0.id.hasSuffix("#attempts") }?.verdict == .fail)
        sight.isUnfinished = true
        let checks = Grading.checks(of: .of(expectation), seeing: sight)
        #expect(Set(checks.map(\.verdict)) == [.unobserved], "\(checks)")
    }

    @Test("A client that continues to read an answer after its call fails the check for disconnecting")
    func goesOnReading() throws {
        var sight = Sight.of([])
        sight.isUnfinished = true
        let expectation = Expectation(attempts: [.init(1...1)], disconnects: [.init(attempt: 1, within: .seconds(1))])
        func verdicts(_ subject: Case) -> [String: Verdict] {
            let checks = Grading.checks(of: subject, seeing: sight).filter { !$0.isBuiltIn }
            return Dictionary(uniqueKeysWithValues: checks.map { ($0.id, $0.verdict) })
        }
        var subject = Case.of(expectation)
        #expect(verdicts(subject) == ["retry.test#attempts": .unobserved, "retry.test#disconnects.1": .fail])
        subject.task.cancelAfter = 3
        #expect(verdicts(subject) == ["retry.test#attempts": .fail, "retry.test#disconnects.1": .fail])
    }

    @Test("An offence that occurs several times is listed once, with its count")
    func listedOnce() {
        let finding = Grading.list(["POST /a", "POST /b", "POST /a"], .must, expected: "")
        #expect(finding.actual == "POST /a (2 times); POST /b")
    }

    @Test("A lower bound of 100 ms or less has no tolerance")
    func noTolerance() {
        #expect(Tolerance.early(.milliseconds(100)) == .zero)
        #expect(Tolerance.early(.milliseconds(101)) == .milliseconds(50))
        #expect(Tolerance.early(.seconds(2)) == .milliseconds(100))
    }

    @Test("A case gets the verdict of its worst check, and is unobserved if only built-in checks pass")
    func caseVerdict() {
        func check(_ verdict: Verdict, builtIn: Bool = false) -> Check {
            Check(
                id: "a#b", level: .must, verdict: verdict, requirement: "", expected: "", actual: "", isBuiltIn: builtIn
            )
        }
        #expect(Verdict(of: [check(.pass), check(.warn), check(.fail)]) == .fail)
        #expect(Verdict(of: [check(.pass), check(.unobserved)]) == .pass)
        #expect(Verdict(of: [check(.unobserved), check(.pass, builtIn: true)]) == .unobserved)
        #expect(Verdict(of: [check(.fail), check(.error)]) == .error)
        #expect(Verdict(of: []) == .unobserved)
    }
}

extension Case {
    /// A case that consists of one expectation.
    static func of(_ expectation: Expectation, level: Level = .must, scenario: Scenario = Scenario(name: "test"))
        -> Case
    {
        Case(
            id: "retry.test", since: "2026.1", title: "Tests", why: "Because", references: [], needs: [], level: level,
            task: CaseTask(), scenario: scenario, expectation: expectation, timeout: nil, mayWait: false,
            isExclusive: false, line: 1)
    }
}
