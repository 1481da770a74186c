import SparringExchange

/// Where a script's own time stands to the real one. Both are `Moment`s and start equal; with a session's clock that nobody has
/// touched they stay so.
struct ScriptTime: Hashable {
    private var scale: Double
    /// The latest change, in real time, and the script's time then.
    private var since: Moment
    private var base: Moment

    init(startedAt: Moment, scale: Double = 1) {
        (since, base) = (startedAt, startedAt)
        self.scale = scale
    }

    func time(at real: Moment) -> Moment { base.advanced(by: scale == 1 ? real - since : (real - since) / scale) }

    /// What has passed already counts as of the latest change, which may have made it so.
    func real(of time: Moment) -> Moment {
        guard time > base else { return since }
        return since.advanced(by: scale == 1 ? time - base : (time - base) * scale)
    }

    /// Time that a script has seen it does not see again: a clock that is set back goes on from where it stood.
    mutating func change(_ change: ClockChange, at real: Moment) {
        base = time(at: real).advanced(by: max(.zero, change.jump))
        since = real
        scale = change.scale
    }
}
