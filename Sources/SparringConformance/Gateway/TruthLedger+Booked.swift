/// The part of the ledger that compares the upstreams with the amounts that the gateway booked for each key.
extension TruthLedger {
    /// A key of clients, with the upstreams' side and the gateway's.
    package struct Booked: Sendable, Hashable {
        /// The names of the key in the adapter file: `usual`, or `usual, budget`.
        package var key: String
        /// One line for each figure that the adapter file places, in the order of `SpendFigure`.
        package var lines: [Line]
        /// Why the gateway's side is unknown, and what to change; nil if it is known.
        package var problem: String?
    }

    /// Adds the amounts that were booked during the run.
    ///
    /// - Parameters:
    ///   - figures: the figures that the adapter file places.
    ///   - truth: all answers of the upstreams during the run.
    package mutating func book(_ accounts: [SpendAccount], of figures: Set<SpendFigure>, truth: SpendTruth) {
        booked += accounts.map { account in
            let sum = truth.sum(of: account.names)
            let (amounts, problem): ([SpendFigure: Double], String?) =
                switch account.booked {
                case .success(let amounts): (amounts, nil)
                case .failure(let problem): ([:], problem.description)
                }
            let lines = SpendFigure.allCases.filter(figures.contains).map { figure in
                Line(
                    name: figure.name, truth: sum.value(of: figure), reported: amounts[figure],
                    isDollars: figure == .cost)
            }
            return Booked(key: account.name, lines: lines, problem: problem)
        }
    }
}
