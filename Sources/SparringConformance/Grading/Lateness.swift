package import SparringExchange

/// A stretch in which one of our own timers should have run and did not: stamps in it and near it may be as late as that.
package struct Lateness: Sendable, Hashable {
    package var due: Moment
    package var came: Moment

    package init(due: Moment, came: Moment) {
        self.due = due
        self.came = came
    }

    package var duration: Duration { came - due }

    /// A busy stretch has no sharp edges: this far from it a stamp is taken to be of it.
    static let reach = Duration.milliseconds(50)

    func reaches(_ moment: Moment) -> Bool { due - moment <= Self.reach && moment - came <= Self.reach }
}
