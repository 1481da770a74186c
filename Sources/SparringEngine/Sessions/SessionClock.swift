package import SparringExchange

/// A session's own time: real time that can be advanced and scaled. This time never goes back.
///
/// Rate-limit windows, `created`, `date` and the pauses of scripts follow this clock. Clients sleep in real time, so a
/// wait sent to a client is the session's wait times `scale`.
package struct SessionClock: Sendable, Hashable {
    /// Real seconds for each second of session time: with 0.01, a minute passes in 0.6 s.
    package private(set) var scale = 1.0
    /// The real time of the last change, and the session time at that moment.
    private(set) var changedAt = Moment(nanoseconds: 0)
    private(set) var reading = Moment(nanoseconds: 0)

    package static let scales = 0.0001...1000
    /// The furthest advance. If a clock were further ahead, dates would exceed what clients can parse.
    package static let furthest = Duration.seconds(100 * 365 * 86_400)

    package init() {}

    /// - Parameters:
    ///   - scale: one of `scales`.
    ///   - real: the moment from which the scale applies.
    package init(scale: Double, from real: Moment) {
        if scale != 1 { setScale(scale, at: real) }
    }

    /// A clock that another server has changed, converted to this server's times.
    init(scale: Double, changedAt: Moment, reading: Moment) {
        self.scale = scale
        self.changedAt = changedAt
        self.reading = reading
    }

    /// The difference from an earlier state of the clock. A reset to real time is not a jump.
    func change(from old: SessionClock) -> ClockChange {
        let jump = changedAt == Moment(nanoseconds: 0) ? .zero : reading - old.time(at: changedAt)
        return ClockChange(jump: max(.zero, jump), scale: scale)
    }

    package func time(at real: Moment) -> Moment {
        guard self != SessionClock() else { return real }
        let elapsed = Double(real.nanoseconds - changedAt.nanoseconds) / scale
        // The session's time stops at the largest `Int64`, which is 292 years in nanoseconds. At ten thousand times the speed, a session
        // reaches this limit in eleven days.
        let (sum, overflow) = reading.nanoseconds.addingReportingOverflow(Int64(min(elapsed, 9.2e18)))
        return Moment(nanoseconds: overflow ? .max : sum)
    }

    /// How far session time is ahead of real time; negative if it is slower.
    package func ahead(at real: Moment) -> Duration { time(at: real) - real }

    /// Returns false, without any change, if the clock would be too far ahead.
    package mutating func advance(by duration: Duration, at real: Moment) -> Bool {
        guard ahead(at: real) + duration <= Self.furthest else { return false }
        let (seconds, attoseconds) = duration.components
        reading = time(at: real)
        reading.nanoseconds += seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        changedAt = real
        return true
    }

    /// - Parameter scale: one of `scales`.
    package mutating func setScale(_ scale: Double, at real: Moment) {
        reading = time(at: real)
        changedAt = real
        self.scale = scale
    }
}

extension SessionClock {
    /// Session time, in Unix seconds.
    package func unixTime(_ wall: Int, at real: Moment) -> Int { wall + Int(ahead(at: real).components.seconds) }
}
