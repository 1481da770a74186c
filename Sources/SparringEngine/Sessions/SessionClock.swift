package import SparringExchange

/// A session's own time: real time, moved ahead and run faster or slower by hand. It never goes back.
///
/// Rate-limit windows, `created`, `date` and the pauses of scripts follow it. Clients sleep in real time: what a client is told to
/// wait is the session's wait times `scale`.
package struct SessionClock: Sendable, Hashable {
    /// How long a second of the session takes in real time: with 0.01 a minute has passed after 0.6 s.
    package private(set) var scale = 1.0
    /// The real moment of the last change, and the session's time then.
    private var changedAt = Moment(nanoseconds: 0)
    private var reading = Moment(nanoseconds: 0)

    package static let scales = 0.0001...1000
    /// Further ahead, dates would leave the calendar that clients know.
    package static let furthest = Duration.seconds(100 * 365 * 86_400)

    package init() {}

    /// - Parameter scale: one of `scales`; from that moment on.
    package init(scale: Double, from real: Moment) {
        if scale != 1 { setScale(scale, at: real) }
    }

    /// What has happened to a clock that was like another one. Set back to the real time, it has not gone ahead.
    func change(from old: SessionClock) -> ClockChange {
        let jump = changedAt == Moment(nanoseconds: 0) ? .zero : reading - old.time(at: changedAt)
        return ClockChange(jump: max(.zero, jump), scale: scale)
    }

    package func time(at real: Moment) -> Moment {
        guard self != SessionClock() else { return real }
        let elapsed = Double(real.nanoseconds - changedAt.nanoseconds) / scale
        // Saturating: at ten thousand times the speed, even 292 years are over some day.
        let (sum, overflow) = reading.nanoseconds.addingReportingOverflow(Int64(min(elapsed, 9.2e18)))
        return Moment(nanoseconds: overflow ? .max : sum)
    }

    /// How far it is ahead of the real clock; negative where it runs slower.
    package func ahead(at real: Moment) -> Duration { time(at: real) - real }

    /// False, and nothing changes, where that would be too far ahead.
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
    /// The session's Unix time.
    package func unixTime(_ wall: Int, at real: Moment) -> Int { wall + Int(ahead(at: real).components.seconds) }
}
