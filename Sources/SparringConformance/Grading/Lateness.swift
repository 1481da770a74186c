package import SparringExchange

/// A time span in which one of Sparring's own timers was overdue. Timestamps in this time span, and near it, may be late by the same time.
package struct Lateness: Sendable, Hashable {
    package var due: Moment
    package var came: Moment

    package init(due: Moment, came: Moment) {
        self.due = due
        self.came = came
    }

    package var duration: Duration { came - due }

    /// The distance from the span at which a timestamp still counts as affected, because a busy time begins and ends
    /// gradually.
    static let reach = Duration.milliseconds(50)

    func reaches(_ moment: Moment) -> Bool { due - moment <= Self.reach && moment - came <= Self.reach }
}
