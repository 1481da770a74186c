import SparringAPI
import SparringExchange
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Rules that order faults before the body is read")
struct HeadRulesTests {
    private static let target = "/v1/chat/completions"

    private static func scenario(_ rules: String) -> Result<Scenario, Mistakes> {
        ScenarioLoader.load(text: "schema: 1\nscenario: s\n" + rules, file: "s.yaml", errors: .api)
    }

    private static func engine(_ rules: String) throws -> Engine {
        Engine(scenario: try scenario(rules).get(), wallClock: { 1_795_000_000 })
    }

    private static func head(_ fields: HeaderFields = [:]) -> Request {
        var headers: HeaderFields = ["authorization": "Bearer k", "expect": "100-continue"]
        for field in fields.fields { headers.append(field.name, field.value) }
        return Request(method: "POST", target: target, headers: headers)
    }

    private static func ordered(_ head: Request, on engine: Engine) -> [String] {
        engine.plan(for: head, hasLongBody: false).faults.map { $0.fault.description }
    }

    private static func answeredEarly(_ head: Request, by engine: Engine) {
        var head = head
        head.struck = engine.plan(for: head, hasLongBody: false).faults.map { Request.Struck($0.fault, missed: nil) }
        _ = engine.respond(to: .head(head), connection: 1, now: Moment(nanoseconds: 1))
    }

    private static let steps = """
        rules:
          - when: { header.x-team: red }
            text: "for the red team"
          - when: { endpoint: chat.completions }
            steps:
              - { text: "never sent", faults: [ early_answer server_error ] }
              - { text: "late", faults: [ late_continue 1s, stall 1s at event 1 ] }
              - { text: "plain" }
        faults: [ stalled_upload 2s ]
        """

    @Test("A step's early fault overrides the scenario's, and an early answer uses up the step")
    func inOrder() throws {
        let engine = try Self.engine(Self.steps)
        #expect(Self.ordered(Self.head(), on: engine) == ["at request head: early_answer server_error"])
        #expect(Self.ordered(Self.head(), on: engine).count == 1, "inspecting a head uses up no step")
        Self.answeredEarly(Self.head(), by: engine)
        #expect(Self.ordered(Self.head(), on: engine) == ["at request head: late_continue 1s"])
        let left = engine.sessions.existing("default")?.adjust { [world = engine.world] in
            $0.leftOver(of: world.scenario)
        }
        #expect(left?.contains { $0.hasPrefix("rule 2, step 1") } == false && left?.count == 3, "\(left ?? [])")
    }

    @Test("An early answer ends its exchange in the session")
    func idle() throws {
        let engine = try Self.engine(Self.steps)
        var head = Self.head()
        head.struck = engine.strikes(at: head).map { Request.Struck($0.fault, missed: nil) }
        let performance = engine.respond(early: head, connection: 1, now: Moment(nanoseconds: 1))
        #expect(engine.sessions.existing("default")?.idleSince == nil)
        engine.ended(performance, timeline: Timeline())
        #expect(engine.sessions.existing("default")?.idleSince == Moment(nanoseconds: 1))
    }

    @Test("The scenario's early fault applies to other rules, and the request's own fault takes precedence")
    func others() throws {
        let engine = try Self.engine(Self.steps)
        #expect(Self.ordered(Self.head(["x-team": "red"]), on: engine) == ["at request head: stalled_upload 2s"])
        let own = Self.head(["x-sparring-fault": "refuse_continue"])
        #expect(Self.ordered(own, on: engine) == ["at request head: refuse_continue"])
        Self.answeredEarly(own, by: engine)
        #expect(Self.ordered(Self.head(), on: engine) == ["at request head: early_answer server_error"])
    }

    @Test(
        "An early fault is rejected when the request head cannot decide the rule",
        arguments: [
            ("- { when: { last.user: hi }, text: x, faults: [ refuse_continue ] }", 4),
            ("- { when: { not: { attempt: 1 } }, text: x, faults: [ refuse_continue ] }", 4),
            ("- { when: { model: gpt-4o }, text: y }\n  - { text: x, faults: [ refuse_continue ] }", 4),
            ("- { when: { any: [ { header.a: b }, { chance: 0.5 } ] }, text: x, faults: [ refuse_continue ] }", 4),
        ])
    func refused(rules: String, line: Int) throws {
        guard case .failure(let mistakes) = Self.scenario("rules:\n  " + rules + "\n") else {
            Issue.record("the scenario was accepted")
            return
        }
        #expect(mistakes.diagnostics.map(\.line) == [line])
        #expect(mistakes.diagnostics.first?.message.contains("needs the request's body") == true)
    }

    @Test("Rules after an early fault may test the body, and merged scenarios are checked together")
    func behind() throws {
        let late = try Self.scenario("rules: [ { text: x, faults: [ refuse_continue ] } ]").get()
        let open = try Self.scenario("rules: [ { when: { last.user: hi }, text: y } ]").get()
        #expect(throws: Mistakes.self) { try Scenario(merging: [open, late]) }
        let first = try Self.scenario(
            "rules: [ { when: { header.a: b }, text: x, faults: [ refuse_continue ] }, { when: { turn: 2 }, text: y } ]"
        ).get()
        #expect(first.rules.count == 2)
        #expect(try Scenario(merging: [first, open]).rules.count == 3)
    }
}
