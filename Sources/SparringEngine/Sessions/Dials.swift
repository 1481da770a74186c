package import SparringScenario
package import SparringWire

/// Settings that a user changes while a session runs: the pace of its answers and the rate of its chaos. The dials replace the scenario's
/// settings. The rest of the scenario and its progress do not change.
package struct Dials: Sendable, Hashable {
    /// The pace of every answer of a model, also for steps with their own pace. If nil, the scenario's pace applies.
    package var pace: Pace?
    /// If nil, the scenario's chaos applies.
    package var chaos: Chaos?

    package struct Chaos: Sendable, Hashable {
        /// The share of calls that get a fault, from 0 to 1. This share also applies in chaos windows.
        package var rate: Double
        /// The faults to choose from. If empty, the scenario's faults are used.
        package var strikes: [SparringScenario.Chaos.RandomFault]

        package init(rate: Double, strikes: [SparringScenario.Chaos.RandomFault] = []) {
            self.rate = rate
            self.strikes = strikes
        }
    }

    package init(pace: Pace? = nil, chaos: Chaos? = nil) {
        self.pace = pace
        self.chaos = chaos
    }

    func applied(to scenario: Scenario) -> Scenario {
        var scenario = scenario
        if let pace {
            (scenario.pace, scenario.paces) = (pace, [:])
            for rule in scenario.rules.indices {
                for step in scenario.rules[rule].steps.indices { scenario.rules[rule].steps[step].pace = .none }
            }
        }
        if let chaos {
            var drawn = scenario.chaos ?? SparringScenario.Chaos()
            drawn.rate = chaos.rate
            if !chaos.strikes.isEmpty { drawn.strikes = chaos.strikes }
            for index in drawn.windows.indices {
                drawn.windows[index].rate = chaos.rate
                if !chaos.strikes.isEmpty { drawn.windows[index].strikes = [] }
            }
            scenario.chaos = drawn
        }
        return scenario
    }
}

extension Session {
    /// Changes the dials for the next answers. Running answers keep their pace.
    /// - Returns: the dials as they are now.
    @discardableResult
    package func turn(_ change: (inout Dials) -> Void) -> Dials {
        while true {
            let (own, old) = dialed
            var dials = old
            change(&dials)
            let world = dials == Dials() ? own : own.playing(dials.applied(to: own.scenario))
            if play(world, of: own, with: dials, insteadOf: old) { return dials }
        }
    }
}
