package import SparringExchange

/// Decides when all calls are booked: when the amounts have not changed for the time within which the gateway books a call.
package struct SpendSettling: Sendable {
    private let interface: SpendInterface
    private let start: Moment
    private var changed: Moment
    private var accounts: [SpendAccount]

    /// How often `within` may pass before amounts that still change are given up.
    private static let mostPeriods = 4
    /// The shortest time before amounts are given up: on a busy machine, a short `within` passes between two answers.
    private static let patience = Duration.seconds(2)

    /// - Parameter first: the first reading, at `start`.
    package init(_ interface: SpendInterface, first: [SpendAccount], at start: Moment) {
        self.interface = interface
        self.start = start
        changed = start
        accounts = first
    }

    /// The wait before the next reading.
    package var pause: Duration { max(.milliseconds(50), min(.seconds(1), interface.within / 5)) }

    package mutating func add(_ later: [SpendAccount], at moment: Moment) {
        guard later != accounts else { return }
        accounts = later
        changed = moment
    }

    /// The amounts; nil if they must be read again. If they never stop changing, every account has the reason.
    package func amounts(at moment: Moment) -> [SpendAccount]? {
        if moment - changed >= interface.within { return accounts }
        let time = moment - start
        guard time >= max(Self.patience, interface.within * Self.mostPeriods) else { return nil }
        return accounts.map { SpendAccount(names: $0.names, booked: .failure(.restless(interface, after: time))) }
    }
}
