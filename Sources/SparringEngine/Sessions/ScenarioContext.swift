package import SparringAPI
package import SparringScenario
package import SparringTokens
import SparringWire

/// A scenario with its derived values and the server's settings. A class, so that all sessions of a server share one instance.
package final class ScenarioContext: Sendable {
    package let scenario: Scenario
    /// The built-in model table, overridden by the scenario's rows.
    package let models: ModelTable
    package let validation: Validation
    private let setting: Validation?
    private let modelSetting: ModelPolicy?
    package let counters: TokenCounters
    /// Real seconds for each second of session time, unless the session's clock is changed.
    package let timeScale: Double
    /// The label of each step of each rule in reports.
    let labels: [[String]]
    /// True if answers depend on random draws.
    let hasDice: Bool
    /// True if a fault strikes before the body of a request.
    let strikesAtHead: Bool
    /// True if the available models depend only on the server: not on the caller, and not on the session's time unless
    /// its clock was moved.
    let checksSteadily: Bool
    /// True if the scenario sets a pace for answers whose step sets none.
    let hasPace: Bool

    /// - Parameters:
    ///   - validation: the server's setting, which overrides the scenario's; nil if the server has no setting.
    ///   - models: the server's setting for calls of models that the API would reject.
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
        checksSteadily = scenario.accounts == nil && !models.hasScriptedShutdown
    }

    /// The context for another scenario with the same server settings.
    package func playing(_ scenario: Scenario) -> ScenarioContext {
        ScenarioContext(
            scenario, validation: setting, models: modelSetting, counters: counters, timeScale: timeScale)
    }

    /// The rules that may answer. The rules are read in place, because a copy of the scenario would change a dozen
    /// reference counts.
    func candidates(for view: CallView) -> [Candidate] { scenario.match(view) }

    /// The models that a caller's project may use.
    func open(_ models: ModelTable, to caller: Caller) -> ModelTable {
        guard let accounts = scenario.accounts, accounts.projects[caller.project]?.models != nil else { return models }
        return models.keeping { accounts.allow($0.id, of: $0.family, for: caller) }
    }
}
