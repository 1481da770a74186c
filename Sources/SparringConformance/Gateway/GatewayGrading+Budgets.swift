import SparringExchange
import SparringScenario

/// Grades the budget of a key by the cost of the upstreams' answers.
extension GatewayGrading {
    static func budget(_ level: Level, _ seen: GatewayObservation) -> CheckFinding {
        guard let budget = seen.terms.dollars else {
            return CheckFinding(.unobserved, expected: "a budget", actual: GatewayFeature.budgets.absence)
        }
        let costs = seen.exchanges.compactMap(\.dollars)
        let spent = seen.spentBefore + costs.reduce(0, +)
        // The cost of a call is known only afterwards, so one call may exceed the budget. Prices may differ by a tenth.
        let most = budget * 1.1 + (costs.max() ?? 0)
        let expected =
            "at most \(most.dollarsInWords): the budget of \(budget.dollarsInWords), plus a tenth of it and one call"
        if let reason = absence(of: costs, seen) {
            return CheckFinding(.unobserved, expected: expected, actual: reason)
        }
        let refused = seen.calls.count { !$0.isAnswered }
        guard spent > budget || refused > 0 else {
            return CheckFinding(
                .unobserved, expected: expected,
                actual: "all calls together cost \(spent.dollarsInWords); make the budget smaller")
        }
        return CheckFinding(
            spent <= most + 1e-9, level, expected: expected,
            actual: "\(spent.dollarsInWords), \(refused.counted("call")) refused")
    }

    static func fullBudget(_ level: Level, _ seen: GatewayObservation) -> CheckFinding {
        guard let budget = seen.terms.dollars else {
            return CheckFinding(.unobserved, expected: "a budget", actual: GatewayFeature.budgets.absence)
        }
        let costs = seen.exchanges.compactMap(\.dollars)
        let spent = seen.spentBefore + costs.reduce(0, +)
        // A gateway may reserve the price of the next call. Prices may differ by a tenth.
        let least = budget * 0.9 - (costs.max() ?? 0)
        let expected =
            "no call refused before \(least.dollarsInWords): the budget of \(budget.dollarsInWords) minus a tenth of it and one call"
        if let reason = absence(of: costs, seen) {
            return CheckFinding(.unobserved, expected: expected, actual: reason)
        }
        let refused = seen.calls.filter { call in
            (400..<500).contains(call.answer?.status ?? 0) && seen.exchanges(of: call).isEmpty
        }
        if let first = refused.first {
            return CheckFinding(
                spent >= least - 1e-9, level, expected: expected,
                actual:
                    "\(refused.count.counted("call")) refused when the upstreams' answers cost \(spent.dollarsInWords)"
                    + errorWords(first))
        }
        // Each call or replica may have added the whole cost again. If even that sum is below the budget, no call had to be refused.
        guard spent * Double(seen.calls.count) > budget else {
            return CheckFinding(
                .unobserved, expected: expected,
                actual: "no call was refused, but the calls cost only \(spent.dollarsInWords); make the budget smaller")
        }
        return CheckFinding(
            .pass, expected: expected,
            actual: "no call was refused; the upstreams' answers cost \(spent.dollarsInWords)")
    }

    /// The reason why the cost of the calls says nothing about a budget; nil if the budget can be judged.
    private static func absence(of costs: [Double], _ seen: GatewayObservation) -> String? {
        guard costs.reduce(0, +) <= 0 else { return nil }
        return seen.exchanges.contains { $0.decision.usage != nil }
            ? "the model of the calls has no price; set `model` in the adapter file"
            : "no call was answered; the budget was used up before the case"
    }
}
