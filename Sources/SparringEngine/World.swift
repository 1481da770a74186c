package import SparringAPI
package import SparringScenario

/// A scenario and what follows from it: what a session plays by. A class, so that every session of a server shares one.
package final class World: Sendable {
    package let scenario: Scenario
    /// The built-in table, with the scenario's own rows over it.
    package let models: ModelTable

    package init(_ scenario: Scenario) {
        self.scenario = scenario
        models = ModelTable.builtIn.changed(by: scenario.models)
    }
}
