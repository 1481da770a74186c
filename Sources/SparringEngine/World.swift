package import SparringAPI
package import SparringScenario

/// A scenario and what follows from it: what a session plays by. A class, so that every session of a server shares one.
package final class World: Sendable {
    package let scenario: Scenario
    /// The built-in table, with the scenario's own rows over it.
    package let models: ModelTable
    /// How reports name each step of each rule.
    let labels: [[String]]

    package init(_ scenario: Scenario) {
        self.scenario = scenario
        labels = scenario.rules.indices.map { rule in
            scenario.rules[rule].steps.indices.map { scenario.label(rule: rule, step: $0) }
        }
        models = scenario.models.reduce(ModelTable.builtIn) { table, row in
            table.adding(row.key, contextWindow: row.value.contextWindow, maximumOutput: row.value.maximumOutput)
        }
    }
}
