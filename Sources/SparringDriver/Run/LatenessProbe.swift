import Dispatch
package import SparringConformance
package import SparringExchange
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Detects when this machine is late. A thread sleeps for ten milliseconds again and again, and records longer sleeps.
/// Timestamps from such a period decide no verdict.
///
/// The probe uses a thread, because event loops, which make the timestamps, are also threads. A task would also measure how
/// long tasks wait for their turn.
package enum LatenessProbe {
    /// The longest delay that is ignored.
    private static let negligible = Duration.milliseconds(2)

    private final class Watch: Sendable {
        let isOver = Atomic(false)
        let stretches = Mutex<[Lateness]>([])
    }

    /// - Returns: the result of `work`, and the periods in which the machine was late.
    package static func during<Result: Sendable>(
        clock: @escaping @Sendable () -> Moment, _ work: () async -> Result
    ) async -> (Result, [Lateness]) {
        let watch = Watch()
        DispatchQueue(label: "sparring.lag").async { look(watch, clock) }
        let result = await work()
        watch.isOver.store(true, ordering: .relaxed)
        return (result, watch.stretches.withLock { $0 })
    }

    /// Waits for a moment when timers are on time, but not longer than `patience`, so that the machine is as idle as
    /// possible for the next case.
    static func calm(within patience: Duration) async {
        let clock = ContinuousClock()
        let start = clock.now
        var calmSince = start
        while !Task.isCancelled, clock.now - start < patience, clock.now - calmSince < .milliseconds(300) {
            let due = clock.now + .milliseconds(10)
            try? await clock.sleep(until: due)
            if clock.now - due > .milliseconds(20) { calmSince = clock.now }
        }
    }

    private static func look(_ watch: Watch, _ clock: () -> Moment) {
        while !watch.isOver.load(ordering: .relaxed) {
            let due = Moment(nanoseconds: clock().nanoseconds + 10_000_000)
            usleep(10_000)
            let woke = clock()
            guard woke - due > negligible else { continue }
            watch.stretches.withLock { $0.append(Lateness(due: due, came: woke)) }
        }
    }
}
