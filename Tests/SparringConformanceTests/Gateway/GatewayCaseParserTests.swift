import SparringScenario
import Testing

@testable import SparringConformance

@Suite("Files of gateway cases")
struct GatewayCaseParserTests {
    private static let errors = ScenarioLoader.Errors(names: ["server_error", "insufficient_quota"]) { _ in nil }

    private static func load(_ lines: String) -> Result<[GatewayCase], Mistakes> {
        let text = """
            schema: 1
            theme: gateway
            cases:
              - id: gateway.one
                title: Passes on
                why: Because
            \(lines.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
            """
        return GatewayCaseParser.load(text: text, file: "gateway.yaml", errors: errors)
    }

    @Test("A case has the scripts of its upstreams, its calls and its requirements with their levels")
    func whole() throws {
        let subject = try #require(
            try Self.load(
                """
                needs: [failover]
                first: primary
                upstreams: { primary: { then: last, steps: [{ error: server_error }] } }
                calls: [{ stream: true, times: 3, leave: { after_events: 2 } }]
                expect: { status: 200, attempts: { primary: 1, secondary: { max: 2 } } }
                should: { stops: 3s }
                """
            ).get().first)
        #expect(subject.needs == [.failover])
        #expect(subject.upstreams["primary"]?.rules.count == 2)
        #expect(subject.calls == [GatewayCall(isStream: true, leave: .afterEvents(2), times: 3)])
        #expect(
            subject.requirements == [
                GatewayRequirement(.status([200]), level: .must),
                GatewayRequirement(.attempts(upstream: "primary", 1...1), level: .must),
                GatewayRequirement(.attempts(upstream: "secondary", 0...2), level: .must),
                GatewayRequirement(.stops(within: .seconds(3)), level: .should),
            ])
    }

    @Test("A budget in dollars is that of the upstream's script, and one in requests adds steps to it")
    func budgets() throws {
        func script(_ budget: String) throws -> Scenario? {
            try Self.load("upstreams: { primary: { budget: { \(budget) } } }\nexpect: { status: 200 }").get()
                .first?.upstreams["primary"]
        }
        let dollars = try #require(try script("dollars: 0.002"))
        #expect(dollars.budget == 0.002)
        // The rule that repeats the prompt.
        #expect(dollars.rules.count == 1)
        let requests = try #require(try script("requests: 3"))
        #expect(requests.budget == nil && requests.rules.count == 2)
    }

    @Test("The script for all upstreams applies to each upstream without its own script")
    func all() throws {
        let subject = try #require(
            try Self.load("upstreams: { all: { steps: [{ text: a }] } }\nexpect: { status: 200 }").get().first)
        #expect(subject.upstreams.keys.sorted() == ["primary", "secondary"])
    }

    @Test(
        "The message about a mistake names the valid values",
        arguments: [
            ("expect: { statuz: 200 }", "did you mean 'status'?"),
            ("needs: [failovers]\nexpect: { status: 200 }", "did you mean 'failover'?"),
            ("calls: [{ leave: { } }]\nexpect: { status: 200 }", "leave needs `after_events` or `after`"),
            ("calls: [{ key: theirs }]\nexpect: { status: 200 }", "usual, other, limited, budget, wrong"),
            ("upstreams: { First-One: {} }\nexpect: { status: 200 }", "small letters and digits"),
            ("needs: []", "the case expects nothing"),
            (
                "upstreams: { primary: { budget: { requests: 1, dollars: 1 } } }\nexpect: { status: 200 }",
                "a budget has `requests` or `dollars`"
            ),
            (
                "upstreams: { primary: { budget: { dollars: 0 } } }\nexpect: { status: 200 }",
                "dollars must be a number above 0, at most a million, not 0"
            ),
        ])
    func mistakes(lines: String, advice: String) {
        guard case .failure(let mistakes) = Self.load(lines) else {
            Issue.record("the case was accepted")
            return
        }
        #expect(mistakes.diagnostics.contains { $0.description.contains(advice) }, "\(mistakes.diagnostics)")
    }
}
