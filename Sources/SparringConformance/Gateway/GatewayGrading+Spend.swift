import SparringExchange
import SparringScenario

/// Grades the cost that the gateway booked for the keys of a case.
extension GatewayGrading {
    static func spend(_ tolerance: Double, _ level: Level, _ seen: GatewayObservation) -> CheckFinding {
        let expected = "the price of the upstreams' answers, with a tolerance of \(Int(tolerance * 100)) %"
        func unobserved(_ reason: String) -> CheckFinding {
            CheckFinding(.unobserved, expected: expected, actual: reason)
        }
        let used = Set(seen.calls.map(\.call.key))
        let accounts = seen.booked.filter { !used.isDisjoint(with: $0.names) }
        guard !accounts.isEmpty else { return unobserved(GatewayFeature.spend.absence) }
        var truth = SpendTruth()
        truth.add(seen)
        var (wrong, right): ([String], [String]) = ([], [])
        for account in accounts {
            let sum = truth.sum(of: account.names)
            guard sum.requests > 0 else {
                return unobserved("no upstream answered a call with the key \(account.name)")
            }
            guard sum.unpriced == 0 else {
                return unobserved("the model of the calls has no price; set `model` in the adapter file")
            }
            let amounts: [SpendFigure: Double]
            switch account.booked {
            case .success(let found): amounts = found
            case .failure(let problem): return unobserved(problem.description)
            }
            guard let booked = amounts[.cost] else { return unobserved(GatewayFeature.spend.absence) }
            let isRight = abs(booked - sum.dollars) <= sum.dollars * tolerance + 1e-9
            let words = "the gateway booked \(booked.signedDollarsInWords) for the key \(account.name)"
            if isRight {
                right.append(words)
            } else {
                wrong.append("\(words), but its answers cost \(sum.dollars.dollarsInWords) at the upstreams")
            }
        }
        return CheckFinding(
            wrong.isEmpty, level, expected: expected, actual: (wrong.isEmpty ? right : wrong).joined(separator: "; "))
    }
}

extension Double {
    /// `-$0.00123`, with three digits.
    package var signedDollarsInWords: String { self < 0 ? "-\((-self).dollarsInWords)" : dollarsInWords }
}
