package import SparringExchange

/// A time span in which one of our own timers was overdue. Timestamps in it and near it may be that late.
package struct Lateness: Sendable, Hashable {
    package var due: Moment
    package var came: Moment

    package init(due: Moment, came: Moment) {
        self.due = due
        self.came = came
    }

    package var duration: Duration { came - due }

    /// How far from the span a timestamp still counts as affected, because a busy time has no sharp edges.
    static let reach = Duration.milliseconds(50)

    func reaches(_ moment: Moment) -> Bool { due - moment <= Self.reach && moment - came <= Self.reach }
}
