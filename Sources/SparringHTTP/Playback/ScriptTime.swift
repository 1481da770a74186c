import SparringExchange

/// Converts between a script's clock and real time. Both are `Moment`s. Both times start with the same value, and differ only after the
/// session's clock is changed.
struct ScriptTime: Hashable {
    private var scale: Double
    /// The latest change in real time, and the script's time at that change.
    private var since: Moment
    private var base: Moment

    init(startedAt: Moment, scale: Double = 1) {
        (since, base) = (startedAt, startedAt)
        self.scale = scale
    }

    func time(at real: Moment) -> Moment { base.advanced(by: scale == 1 ? real - since : (real - since) / scale) }

    /// A time that has already passed is converted to the time of the latest change, because that change may have skipped the time.
    func real(of time: Moment) -> Moment {
        guard time > base else { return since }
        return since.advanced(by: scale == 1 ? time - base : (time - base) * scale)
    }

    /// A script's time never goes back. If the session's clock is set back, the script continues from its current time.
    mutating func change(_ change: ClockChange, at real: Moment) {
        base = time(at: real).advanced(by: max(.zero, change.jump))
        since = real
        scale = change.scale
    }
}
