package import SparringScenario

/// The tolerance of measured times.
package enum Tolerance {
    /// How much too early a client may be: a twentieth of the bound, but at least 50 ms. Bounds of up to 100 ms only
    /// test that there is a pause; they have no tolerance.
    package static func early(_ bound: Duration) -> Duration {
        bound <= .milliseconds(100) ? .zero : max(bound / 20, .milliseconds(50))
    }

    /// The verdict on a gap that must be at least `bound`. `lag` is the possible delay of Sparring's timestamps on both
    /// sides. If this delay could change the verdict, the check is inconclusive.
    package static func least(_ bound: Duration, gap: Duration, lag: Duration, level: Level) -> Verdict {
        let line = bound - early(bound)
        if gap + lag < line { return Verdict(breaking: level) }
        return gap - lag < line ? .inconclusive : .pass
    }

    /// The verdict on a gap that must be at most `bound`. `late` is the possible delay of Sparring's timestamps, or the
    /// time for which the machine stood still. If this time may have delayed the client, the check is inconclusive.
    package static func most(_ bound: Duration, gap: Duration, late: Duration, level: Level) -> Verdict {
        if gap - late > bound { return Verdict(breaking: level) }
        return gap > bound ? .inconclusive : .pass
    }
}
