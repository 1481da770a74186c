package import SparringAPI
package import SparringScenario
package import SparringTokens
import SparringWire

/// A scenario and what follows from it: what a session plays by. A class, so that every session of a server shares one.
package final class ScenarioContext: Sendable {
    package let scenario: Scenario
    /// The built-in table, with the scenario's own rows over it.
    package let models: ModelTable
    package let validation: Validation
    private let setting: Validation?
    private let modelSetting: ModelPolicy?
    package let counters: TokenCounters
    /// How long a second of a session takes in real time, unless its clock is told otherwise.
    package let timeScale: Double
    /// How reports name each step of each rule.
    let labels: [[String]]
    /// Whether anything is drawn for a request, by what it is.
    let hasDice: Bool
    /// Whether anything is ordered for requests whose bodies have not come.
    let strikesAtHead: Bool
    /// Whether answers without a rhythm of their own have one.
    let hasPace: Bool

    /// - Parameters:
    ///   - validation: the server's setting, which goes before the scenario's; nil where there is none.
    ///   - models: the server's setting of what becomes of calls of models that the API would not answer for.
    ///   - counters: count the models' tokens.
    ///   - timeScale: one of `SessionClock.scales`.
    package init(
        _ scenario: Scenario, validation: Validation? = nil, models policy: ModelPolicy? = nil,
        counters: TokenCounters = .estimates, timeScale: Double = 1
    ) {
        self.timeScale = timeScale
        self.scenario = scenario
        self.counters = counters
        setting = validation
        modelSetting = policy
        self.validation = validation ?? scenario.validation ?? .strict
        labels = scenario.rules.indices.map { rule in
            scenario.rules[rule].steps.indices.map { scenario.label(rule: rule, step: $0) }
        }
        strikesAtHead = scenario.strikesAtHead
        hasPace = scenario.pace != .none || !scenario.paces.isEmpty
        hasDice = scenario.chaos != nil || scenario.rules.contains { $0.condition?.hasDice ?? false }
        models = ModelTable.builtIn.counting(with: counters).changed(by: scenario.models)
            .answering(by: policy ?? scenario.modelPolicy ?? .lenient, naming: scenario.namedModels)
    }

    /// Another scenario on the same server.
    package func playing(_ scenario: Scenario) -> ScenarioContext {
        ScenarioContext(
            scenario, validation: setting, models: modelSetting, counters: counters, timeScale: timeScale)
    }

    /// Those of the models that a caller's project may use.
    func open(_ models: ModelTable, to caller: Caller) -> ModelTable {
        guard let accounts = scenario.accounts, accounts.projects[caller.project]?.models != nil else { return models }
        return models.keeping { accounts.allow($0.id, of: $0.family, for: caller) }
    }
}
