import SparringAPI
import Testing

@testable import SparringScenario

/// Resolves the name conflict with `Testing.Expectation`.
private typealias Expectation = SparringScenario.Expectation

@Suite("The expectations of a scenario")
struct ScenarioExpectationTests {
    private static let errors = ScenarioLoader.Errors(names: ["server_error"]) { _ in nil }

    private static func load(_ expect: String) -> Result<Scenario, Mistakes> {
        let text = "schema: 1\nscenario: s\nsteps: [{ text: hi }]\nexpect: \(expect)\n"
        return ScenarioLoader.load(text: text, file: "s.yaml", errors: errors)
    }

    @Test("A scenario accepts the keys of case files in `expect`")
    func words() throws {
        let scenario = try Self.load(
            """
            { exit: nonzero, text: { is: hi, or: failure }, not_shown: ["{{key}}"], at_most_once: [hi],
              outcome: { error: { kind: rate_limit } },
              wire: { attempts: [{ max: 3 }, { max: 2, level: should }], identical: [body],
                      gaps: [{ between: [1, 2], min: 1s }] } }
            """
        ).get()
        let expectation = try #require(scenario.expectation)
        #expect(expectation.exit == .nonzero)
        #expect(expectation.text == Expectation.Text("hi", allowsFailure: true))
        #expect(expectation.attempts == [.init(0...3), .init(0...2, level: .should)])
        #expect(expectation.gaps == [.init(from: 1, to: 2, minimum: .seconds(1))])
        #expect(expectation.identical == [.body])
        #expect(expectation.outcome.kinds == [.rateLimit])
        #expect(expectation.isOfProgram)
    }

    @Test(
        "`attempts` of `expect` is short for `attempts` of `wire`",
        arguments: [("{ attempts: 3 }", 3...3), ("{ attempts: { min: 1, max: 2 } }", 1...2)])
    func short(expect: String, range: ClosedRange<Int>) throws {
        let expectation = try #require(try Self.load(expect).get().expectation)
        #expect(expectation == Expectation(attempts: [Expectation.Bound(range)]))
        #expect(!expectation.isOfProgram)
    }

    @Test(
        "A mistake in `expect` of a scenario is reported with its place and its fix",
        arguments: [
            ("{ exti: 0 }", "s.yaml:4:11: ", "exit"), ("{ exit: 3 }", "s.yaml:4:17: ", "nonzero"),
            ("{ attempts: 1, wire: { attempts: 1 } }", "s.yaml:4:21: ", "write only one of them"),
            ("{ wire: { gaps: [{ between: [1, 2] }] } }", "s.yaml:4:26: ", "`min`, `max` or both"),
        ])
    func mistakes(expect: String, place: String, fix: String) throws {
        guard case .failure(let mistakes) = Self.load(expect) else {
            Issue.record("the scenario was read")
            return
        }
        let text = mistakes.diagnostics.map(\.description).joined(separator: "\n")
        #expect(text.hasPrefix(place), "\(text)")
        #expect(text.contains(fix), "\(text)")
    }
}
