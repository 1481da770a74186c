import SparringAPI
import SparringJSON
import SparringWire
import Testing

@testable import SparringScenario

@Suite("Conditions of rules")
struct MatchingTests {
    private static let view = CallView(
        endpoint: .chatCompletions, model: "gpt-4o-mini", headers: ["x-team": "blue"],
        body: ["temperature": 1.0, "metadata": ["user": "ada"], "messages": []],
        digest: CallDigest(
            lastUser: "Weather in Oslo, please", system: "Be brief.", tools: ["get_weather", "get_time"],
            toolResults: ["12 degrees"], turn: 2, isStream: true))

    private static func holds(_ field: Field, _ match: Match) -> Bool {
        var captures: [String: String] = [:]
        return match.holds(for: field, in: view, &captures)
    }

    @Test(
        "A condition can match every field of a request",
        arguments: [
            (Field.endpoint, JSONValue.string("chat.completions")), (.model, "gpt-4o-mini"),
            (.header("X-Team"), "blue"),
            (.lastUser, "Weather in Oslo, please"), (.system, "Be brief."), (.offersTool, "get_time"),
            (.toolResult, "12 degrees"),
            (.stream, true), (.turn, 2),
        ])
    func fields(field: Field, value: JSONValue) {
        #expect(Self.holds(field, .equals(value)))
        #expect(!Self.holds(field, .equals("something else")))
        #expect(Self.holds(field, .exists(true)))
        #expect(Self.holds(field, .oneOf(["no", value])))
    }

    @Test("A condition reads the body by path and compares numbers by value")
    func paths() throws {
        #expect(Self.holds(.path(try #require(JSONPath("$.metadata.user"))), .equals("ada")))
        #expect(Self.holds(.path(try #require(JSONPath("$.temperature"))), .equals(1)))
        #expect(Self.holds(.path(try #require(JSONPath("$.metadata.none"))), .exists(false)))
        #expect(!Self.holds(.path(try #require(JSONPath("$.metadata.none"))), .equals("ada")))
    }

    @Test(
        "A condition matches text by part and by glob",
        arguments: [
            (Match.contains("Oslo"), true), (.contains(""), true), (.contains("oslo"), false),
            (.contains(String(repeating: "x", count: 99)), false), (.glob("Weather*please"), true),
            (.glob("weather*"), false),
            (.glob("Weather in ????, please"), true), (.glob("*"), true), (.glob("*x*"), false),
        ])
    func text(match: Match, isMatch: Bool) {
        #expect(Self.holds(.lastUser, match) == isMatch)
    }

    private static func pattern(_ text: String) throws -> Match { .regex(try Pattern(text)) }

    @Test("A regular expression captures its groups, and a negated condition captures nothing")
    func captures() throws {
        let city = Condition.field(.lastUser, try Self.pattern("in (?<city>[A-Z][a-z]+)"))
        var captures: [String: String] = [:]
        guard case .yes = city.verdict(Self.view, &captures) else {
            Issue.record("the condition does not match")
            return
        }
        #expect(captures == ["0": "in Oslo", "1": "Oslo", "city": "Oslo"])
        captures = [:]
        _ = Condition.not(city).verdict(Self.view, &captures)
        #expect(captures.isEmpty)
    }

    @Test("Matching leaves only the conditions that depend on the session undecided")
    func residual() {
        let blue = Condition.field(.header("x-team"), .equals("blue"))
        let red = Condition.field(.header("x-team"), .equals("red"))
        func rules(_ condition: Condition) -> Scenario {
            Scenario(name: "s", rules: [Rule(condition: condition, steps: [Step(.auto)]), Rule(steps: [Step(.auto)])])
        }
        #expect(rules(.all([blue, .attempt(2...2)])).match(Self.view).map(\.rule) == [0, 1])
        #expect(rules(.all([red, .attempt(2...2)])).match(Self.view).map(\.rule) == [1])
        #expect(rules(.any([blue, .attempt(2...2)])).match(Self.view).map(\.rule) == [0])
        #expect(rules(.any([red, .not(.nth(1...1))])).match(Self.view).map(\.rule) == [0, 1])
        #expect(rules(.not(blue)).match(Self.view).map(\.rule) == [1])
    }

    @Test(
        "Undecided conditions are decided by attempt, count and random number",
        arguments: [
            (Condition.attempt(2...3), true), (.attempt(3...9), false), (.nth(5...5), true), (.nth(1...4), false),
            (.chance(0.5), true), (.chance(0.4), false), (.not(.chance(0.4)), true),
            (.all([.attempt(2...2), .nth(5...5)]), true), (.all([.attempt(2...2), .nth(6...6)]), false),
            (.any([.attempt(9...9), .nth(5...5)]), true), (.any([]), false), (.all([]), true),
        ])
    func rest(condition: Condition, isMatch: Bool) {
        #expect(condition.holds(attempt: 2, nth: 5, draw: 0.45) == isMatch)
    }
}
