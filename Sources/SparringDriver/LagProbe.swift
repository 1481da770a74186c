/// How late our own timers are while something runs. On a busy machine a stamp may be as late as that, and a verdict that hangs on
/// less is none.
enum LagProbe {
    /// - Returns: what `work` returned, and the most by which a timer of ours was late meanwhile.
    static func during<Result: Sendable>(_ work: () async -> Result) async -> (Result, Duration) {
        let probe = Task { await watch() }
        let result = await work()
        probe.cancel()
        return (result, await probe.value)
    }

    private static func watch() async -> Duration {
        let (clock, interval) = (ContinuousClock(), Duration.milliseconds(10))
        var worst = Duration.zero
        while !Task.isCancelled {
            let due = clock.now.advanced(by: interval)
            guard (try? await clock.sleep(until: due, tolerance: .zero)) != nil else { break }
            worst = max(worst, due.duration(to: clock.now))
        }
        return worst
    }
}
