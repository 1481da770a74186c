package import SparringScenario

/// The answers of a server: a built-in scenario, YAML, or values in Swift.
///
///     let flaky: MockScenario = "two-rate-limits"
///     let steps = MockScenario(steps: [.error(.serverError).times(2), .text("hello")])
///     let rules = MockScenario(rules: [
///         .rule(when: .lastUser(.contains("weather")), steps: [.toolCall("get_weather", ["city": "Rome"])]),
///         .rule(always: .text("hello")),
///     ])
///
/// Mistakes are reported when the server starts, or when ``MockServer/Session/use(_:)`` is called. All mistakes are reported together, in a
/// ``MockScenarioError``.
public struct MockScenario: Sendable, ExpressibleByStringLiteral {
    let source: Source

    enum Source: Sendable {
        case builtIn(String)
        case yaml(String, file: String)
        case value(SparringScenario.Scenario, mistakes: [String])
    }

    /// A built-in scenario by its name; `sparring scenarios` lists them.
    public init(stringLiteral name: String) { source = .builtIn(name) }

    /// A built-in scenario by its name; `sparring scenarios` lists them.
    public init(named name: String) { source = .builtIn(name) }

    /// The text of a scenario file. The grammar of scenario files is in docs/reference/scenarios.md of the repository.
    ///
    /// - Parameters:
    ///   - yaml: the text.
    ///   - file: the file name in messages about mistakes: `mine.yaml:3:1: …`. The file is not read.
    public init(yaml: String, file: String = "scenario.yaml") { source = .yaml(yaml, file: file) }

    /// Answers calls with these steps, in order. By default, a call after the last step fails.
    ///
    /// - Parameters:
    ///   - name: appears in reports.
    ///   - seed: determines all random values. By default 1. The seed of the server's configuration takes precedence.
    ///   - steps: one answer for each call, or for several calls (``Step/times(_:)``).
    ///   - then: the answer to calls after the last step.
    public init(name: String = "steps", seed: UInt64? = nil, steps: [Step], then: AfterLastStep = .fail) {
        self.init(name: name, seed: seed, rules: [.rule(steps: steps, then: then)])
    }

    /// Answers calls with rules. The first rule whose condition is true answers a call.
    ///
    /// - Parameters:
    ///   - name: appears in reports.
    ///   - seed: determines all random values. By default 1. The seed of the server's configuration takes precedence.
    ///   - rules: the rules in order. A rule without a condition answers every call, so such a rule must come last.
    ///   - otherwise: the answer to a call that no rule matches.
    ///   - faults: the faults that are applied to every answer whose step has no faults of its own.
    ///   - attempts: the expected number of attempts of the client. Any other number is a failure of the report.
    ///   - requestsPerMinute: the rate limit of requests. Without it, requests are not limited.
    ///   - tokensPerMinute: the rate limit of tokens. Without it, tokens are not limited.
    public init(
        name: String = "rules", seed: UInt64? = nil, rules: [Rule], otherwise: Unmatched = .fail, faults: [Fault] = [],
        attempts: ClosedRange<Int>? = nil, requestsPerMinute: Int? = nil, tokensPerMinute: Int? = nil
    ) {
        var mistakes = Self.mistakes(of: rules)
        var scenario = SparringScenario.Scenario(
            name: name, seed: seed, rules: rules.map(\.rule), otherwise: otherwise.otherwise,
            expectation: attempts.map { Expectation(attempts: [Expectation.Bound($0)]) })
        for limit in [requestsPerMinute, tokensPerMinute] {
            if let limit, limit < 1 { mistakes.append("a rate limit must be at least 1 a minute, not \(limit)") }
        }
        if requestsPerMinute != nil || tokensPerMinute != nil {
            scenario.limits = SparringScenario.Scenario.Limits(
                requestsPerMinute: requestsPerMinute, tokensPerMinute: tokensPerMinute)
        }
        let sorted = Fault.sorted(faults)
        (scenario.faults, scenario.requestFaults) = (sorted.answer, sorted.request)
        mistakes += sorted.mistakes
        if let open = scenario.openHeadRule { mistakes.append(SparringScenario.Scenario.openHeadRuleMistake(open)) }
        source = .value(scenario, mistakes: mistakes.map { "\(name): \($0)" })
    }

    /// Answers that are generated from each request. Equal requests get equal answers. This is the default of `sparring
    /// serve`.
    public static let auto = MockScenario(value: .auto)

    package init(value: SparringScenario.Scenario) { source = .value(value, mistakes: []) }

    /// The answers after the last step of a rule.
    public enum AfterLastStep: Sendable, Hashable {
        /// The next call of the rule is unmatched and gets an error.
        case fail
        /// The last step answers all further calls.
        case last
        /// The steps are repeated from the first one.
        case cycle

        var then: SparringScenario.Rule.Then {
            switch self {
            case .fail: .fail
            case .last: .last
            case .cycle: .cycle
            }
        }
    }

    /// The answer to a call that no rule matches.
    public enum Unmatched: Sendable, Hashable {
        /// An error that names the nearest rule. Reports count the call as unmatched.
        case fail
        /// An answer generated from the request.
        case auto

        var otherwise: SparringScenario.Scenario.Otherwise { self == .fail ? .fail : .auto }
    }
}

extension MockScenario {
    private static func mistakes(of rules: [Rule]) -> [String] {
        let own = rules.enumerated().flatMap { index, rule in
            rule.mistakes.map { "rule \(index + 1)\(rule.rule.name.map { " \"\($0)\"" } ?? ""), \($0)" }
        }
        guard let last = rules.firstIndex(where: { $0.rule.condition == nil }) else { return own }
        return own
            + rules.indices.dropFirst(last + 1).map { index in
                "rule \(index + 1) is never reached: rule \(last + 1) has no condition and matches every call"
            }
    }
}
