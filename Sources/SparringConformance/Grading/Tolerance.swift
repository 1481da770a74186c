/// How much of a time is weather.
package enum Tolerance {
    /// Early by this much is no offence: a twentieth, or 50 ms where that is more. Bounds of 100 ms and below ask whether there is
    /// a pause at all, and are meant as they stand.
    package static func early(_ bound: Duration) -> Duration {
        bound <= .milliseconds(100) ? .zero : max(bound / 20, .milliseconds(50))
    }

    /// A gap that has to be at least `bound`. `lag` is how late our own stamps may be, on either side: where it could turn the
    /// verdict, there is none.
    package static func least(_ bound: Duration, gap: Duration, lag: Duration, level: Level) -> Verdict {
        let line = bound - early(bound)
        if gap + lag < line { return Verdict(breaking: level) }
        return gap - lag < line ? .inconclusive : .pass
    }

    /// A gap that has to be at most `bound`. `late` is how late our stamps may be, or how long the machine stood still: where a client
    /// may have been held up by that, it is not to blame.
    package static func most(_ bound: Duration, gap: Duration, late: Duration, level: Level) -> Verdict {
        if gap - late > bound { return Verdict(breaking: level) }
        return gap > bound ? .inconclusive : .pass
    }
}
