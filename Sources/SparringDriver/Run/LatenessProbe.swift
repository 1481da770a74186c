import Dispatch
import SparringConformance
import SparringExchange
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Finds out when this machine was late: a thread that asks for ten milliseconds of sleep, again and again, and notes where it got
/// more. A verdict that hangs on a stamp from such a stretch is none.
///
/// A thread of its own, because the event loops that make the stamps are: tasks that wait for their turn would say more about us.
enum LatenessProbe {
    /// Oversleeping that is not worth a note.
    private static let negligible = Duration.milliseconds(2)

    private final class Watch: Sendable {
        let isOver = Atomic(false)
        let stretches = Mutex<[Lateness]>([])
    }

    /// - Returns: what `work` returned, and the stretches in which we were late meanwhile.
    static func during<Result: Sendable>(
        clock: @escaping @Sendable () -> Moment, _ work: () async -> Result
    ) async -> (Result, [Lateness]) {
        let watch = Watch()
        DispatchQueue(label: "sparring.lag").async { look(watch, clock) }
        let result = await work()
        watch.isOver.store(true, ordering: .relaxed)
        return (result, watch.stretches.withLock { $0 })
    }

    /// Returns after a moment in which timers were on time, or when `patience` is used up: what is played now finds the machine as
    /// free as it gets.
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
