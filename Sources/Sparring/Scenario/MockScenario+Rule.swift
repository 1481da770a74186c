import SparringScenario

extension MockScenario {
    /// Answers the calls for which a condition is true, step by step.
    ///
    ///     .rule("weather", when: .endpoint(.chatCompletions) && .lastUser(.contains("weather")), steps: [
    ///         .error(.rateLimitExceeded, retryAfter: .seconds(1)),
    ///         .text("Sunny."),
    ///     ])
    public struct Rule: Sendable {
        let rule: SparringScenario.Rule
        let mistakes: [String]

        /// A rule with one answer for each call, in order.
        ///
        /// - Parameters:
        ///   - name: appears in reports.
        ///   - condition: selects the calls that the rule answers. Without a condition, the rule answers all calls.
        ///   - steps: the answers, at least one.
        ///   - then: the answer to calls after the last step.
        public static func rule(
            _ name: String? = nil, when condition: Condition? = nil, steps: [Step], then: AfterLastStep = .fail
        ) -> Rule {
            let captures = condition?.condition.captures ?? []
            var mistakes = (condition?.mistakes ?? []).map { "condition: \($0)" }
            if steps.isEmpty { mistakes.append("it has no steps") }
            for (index, step) in steps.enumerated() {
                mistakes += step.mistakes(captures: captures).map { "step \(index + 1): \($0)" }
            }
            let rule = SparringScenario.Rule(
                name: name, condition: condition?.condition, steps: steps.map(\.step), then: then.then)
            return Rule(rule: rule, mistakes: mistakes)
        }

        /// A rule with the same answer for all its calls.
        ///
        /// - Parameters:
        ///   - name: appears in reports.
        ///   - condition: selects the calls that the rule answers. Without a condition, the rule answers all calls.
        ///   - step: answers every call. After the rule's first answer, reports do not count the rule as unused.
        public static func rule(_ name: String? = nil, when condition: Condition? = nil, always step: Step) -> Rule {
            rule(name, when: condition, steps: [step], then: .last)
        }
    }
}
