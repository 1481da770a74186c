package import NIOCore
package import SparringExchange

/// The server's only clock. `Moment`s are counted from the creation of the clock.
package struct MonotonicClock: Sendable {
    private let origin: NIODeadline

    package init() { origin = .now() }

    package var now: Moment { moment(of: .now()) }

    package func moment(of deadline: NIODeadline) -> Moment { Moment(nanoseconds: (deadline - origin).nanoseconds) }

    package func deadline(of moment: Moment) -> NIODeadline { origin + .nanoseconds(moment.nanoseconds) }
}
