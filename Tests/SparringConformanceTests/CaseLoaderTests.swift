import SparringScenario
import SparringWire
import Testing

@testable import SparringConformance

@Suite("Case files")
struct CaseLoaderTests {
    private static let errors = ScenarioLoader.Errors(names: ["rate_limit_exceeded", "server_error"]) { _ in nil }

    /// A file with one case that consists of these lines.
    private static func file(_ lines: String) -> String {
        """
        schema: 1
        theme: retry
        defaults: { level: must }
        cases:
          - id: retry.one
            since: "2026.1"
            title: Tries
            why: Because
        \(lines.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
        """
    }

    private static func load(_ text: String) throws(Mistakes) -> [Case] {
        try CaseLoader.load(text: text, file: "retry.yaml", errors: errors).get()
    }

    @Test(
        "A key of an earlier version is rejected with its new name",
        arguments: [
            ("expect: { once: [a] }", "once", "at_most_once"), ("expect: { absent: [a] }", "absent", "not_shown"),
            ("expect: { wire: { unaddressed: [a] } }", "unaddressed", "not_in_url"),
            ("expect: { wire: { homebound: [a] } }", "homebound", "same_host_only"),
            ("expect: { wire: { gone: [{ on: 1, within: 1s }] } }", "gone", "disconnects"),
            ("exclusive: true\nexpect: { exit: 0 }", "exclusive", "runs_alone"),
        ])
    func renamed(lines: String, old: String, new: String) {
        let mistakes = #expect(throws: Mistakes.self) { try Self.load(Self.file("steps: [{ text: a }]\n" + lines)) }
        let messages = mistakes?.diagnostics.map(\.message) ?? []
        #expect(messages.count == 1)
        #expect(messages.first?.hasPrefix("'\(old)' in ") == true)
        #expect(messages.first?.hasSuffix(" is now called '\(new)'") == true)
    }

    @Test("The case loader reads the script, bounds, gaps and headers of a case")
    func reads() throws {
        let cases = try Self.load(
            Self.file(
                """
                level: should
                refs: [RFC 9110]
                timeout: 9s
                task: { op: chat.stream, input: { prompt: "hi {{session}}" } }
                steps:
                  - { error: rate_limit_exceeded, retry_after: 2s }
                  - { text: pong }
                expect:
                  exit: 0
                  text: pong
                  wire:
                    attempts: [{ min: 1, max: 10 }, { max: 4, level: may }]
                    gaps: [{ between: [1, 2], min: 2s, max: 4s }]
                    identical: [method, body]
                    headers: [{ on: 2, name: authorization }]
                """))
        let subject = try #require(cases.first)
        #expect(subject.level == .should)
        #expect(subject.timeout == .seconds(9))
        #expect(subject.task.operation == .chatStream)
        #expect(subject.task.prompt(session: "7f3a") == "hi 7f3a")
        #expect(subject.scenario.rules.first?.steps.count == 2)
        #expect(subject.line == 5)
        #expect(
            subject.checkIDs.map { String($0.drop { $0 != "#" }) } == [
                "#exit", "#text", "#attempts", "#attempts.may", "#gap.1-2.min", "#gap.1-2.max", "#identical.method",
                "#identical.body", "#header.2.authorization", "#deadline", "#script-consumed", "#no-extra-request",
                "#no-stray", "#harness-wire-valid",
            ])
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        var lines: String
        /// A part of the message, including the line.
        var said: String

        var testDescription: String { said }
    }

    @Test(
        "The case loader reports each mistake with its place and its fix",
        arguments: [
            Mistake(lines: "steps: [{ text: a }]\nexpct: { exit: 0 }", said: ":10:5: "),
            Mistake(lines: "steps: [{ text: a }]\nexpct: { exit: 0 }", said: "expect"),
            Mistake(lines: "steps: [{ text: a }]", said: "expects nothing"),
            Mistake(lines: "steps: [{ txt: a }]\nexpect: { exit: 0 }", said: "text"),
            Mistake(lines: "steps: [{ text: a }]\nexpect: { exit: 7 }", said: "nonzero"),
            Mistake(
                lines: "steps: [{ text: a }]\nexpect: { wire: { attempts: { min: 3, max: 1 } } }",
                said: "greater than max"),
            Mistake(
                lines: "steps: [{ text: a }]\nexpect: { wire: { attempts: [{ max: 3 }, { max: 1 }] } }",
                said: "a `level` of its own"),
            Mistake(
                lines: "steps: [{ text: a }]\nexpect: { wire: { gaps: [{ between: [2, 1], min: 1s }] } }",
                said: "[1, 2]"),
            Mistake(
                lines: "steps: [{ text: a }]\nexpect: { wire: { gaps: [{ between: [1, 2] }] } }",
                said: "`min`, `max` or both"),
            Mistake(
                lines: "steps: [{ text: a }]\nexpect: { wire: { headers: [{ name: a }] } }",
                said: "needs `on`, the attempt"),
            Mistake(
                lines: "steps: [{ text: a, stream: { every: 5ms } }]\nexpect: { exit: 0 }", said: "needs a `timeout`"),
        ])
    func mistakes(row: Mistake) {
        let mistakes = #expect(throws: Mistakes.self) { try Self.load(Self.file(row.lines)) }
        let said = mistakes?.diagnostics.map(\.description).joined(separator: "\n") ?? ""
        #expect(said.hasPrefix("retry.yaml:"))
        #expect(said.contains(row.said), "\(said)")
    }

    @Test("The case loader rejects a duplicate id and an id of another theme")
    func ids() {
        let text = """
            schema: 1
            theme: retry
            defaults: { level: must }
            cases:
              - { id: retry.a, since: "1", title: t, why: w, steps: [{ text: a }], expect: { exit: 0 } }
              - { id: retry.a, since: "1", title: t, why: w, steps: [{ text: a }], expect: { exit: 0 } }
              - { id: budget.b, since: "1", title: t, why: w, steps: [{ text: a }], expect: { exit: 0 } }
            """
        let mistakes = #expect(throws: Mistakes.self) { try Self.load(text) }
        let said = mistakes?.diagnostics.map(\.description) ?? []
        #expect(said.count == 2)
        #expect(said.first?.contains("two cases with the id 'retry.a'") == true)
        #expect(said.last?.contains("'retry.…'") == true)
    }
}

@Suite("The selection of cases")
struct SelectionTests {
    @Test(
        "A star in a pattern matches any text at any place",
        arguments: [
            ("retry.500-then-ok", "retry.500-then-ok", true), ("retry.500-then-ok", "retry.500", false),
            ("retry.500-then-ok", "retry.*", true), ("retry-after.seconds", "retry.*", false),
            ("retry.500-then-ok", "*ok", true), ("retry.500-then-ok", "*500*", true), ("retry.500-then-ok", "*", true),
            ("retry.500-then-ok", "r*5*k", true), ("retry.500-then-ok", "r*6*k", false), ("aa", "a*a*a", false),
        ])
    func globs(id: String, pattern: String, isMatch: Bool) {
        #expect(Selection.matches(id, pattern) == isMatch)
    }

    @Test(
        "A pattern that selects no case is reported with the nearest id, or with the pattern of the nearest theme",
        arguments: [
            ("retry.tset", "retry.test"), ("x*", nil), ("retry", "retry.*"), ("retyr", "retry.*"),
            ("rety.*", "retry.*"), ("retry.nothing*", nil),
        ] as [(String, String?)])
    func unmatched(pattern: String, nearest: String?) {
        let strangers = Selection(["retry.test", pattern]).unmatched(among: [Case.of(Expectation())])
        #expect(strangers.map(\.pattern) == [pattern])
        #expect(strangers.first?.nearest == nearest)
    }
}

@Suite("Deadlines of cases")
struct DeadlineTests {
    @Test("A deadline covers the waits of script and client, plus a quarter and two seconds")
    func computed() {
        var silent = Step(.text(Template(literal: "a")))
        silent.faults = [Fault(at: .head, .action(.stall(.seconds(3))))]
        let scenario = Scenario(name: "s", rules: [Rule(steps: [silent])])
        let waiting = Expectation(attempts: [.init(2...2)], gaps: [.init(from: 1, to: 2, maximum: .seconds(5))])
        #expect(
            Deadline.afterFirstRequest(of: .of(Expectation(attempts: [.init(1...1)]), scenario: scenario))
                == .milliseconds(5750))
        #expect(Deadline.afterFirstRequest(of: .of(waiting, scenario: scenario)) == .seconds(12))
        #expect(Deadline.afterFirstRequest(of: .of(waiting, scenario: scenario), hello: .seconds(1)) == .seconds(16))
        let twice = Scenario(name: "s", rules: [Rule(steps: [Step(.auto), Step(.auto)])])
        #expect(Deadline.afterFirstRequest(of: .of(Expectation(), scenario: twice)) == .milliseconds(4500))
    }

    @Test("A program may take five times the start-up time of the plain call, and at least five seconds")
    func startUp() {
        let subject = Case.of(Expectation())
        #expect(Deadline.untilFirstRequest(of: subject, hello: .seconds(3)) == .seconds(15))
        #expect(Deadline.untilFirstRequest(of: subject, hello: .milliseconds(20)) == .seconds(5))
        #expect(Deadline.untilFirstRequest(of: subject, hello: nil) == .seconds(60))
        var barred = subject
        barred.scenario.listener = Scenario.Listener(isTLS: true)
        barred.timeout = .seconds(20)
        #expect(Deadline.untilFirstRequest(of: barred, hello: .seconds(3)) == .seconds(35))
    }
}
