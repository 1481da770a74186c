import Dispatch
import SparringConformance

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Measures how busy this machine is, at a moment without calls.
enum MachineLoadProbe {
    /// The time of a computation is longer than the time for which schedulers prefer a thread that has slept.
    private static let computation = Duration.milliseconds(20)
    private static let sleep = Duration.milliseconds(4)

    /// Sleeps and computes alternately, on a thread of its own, because a task would also measure how long tasks wait for their turn.
    static func load(rounds: Int) async -> MachineLoad {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "sparring.load").async {
                var load = MachineLoad()
                for _ in 0..<rounds { addRound(to: &load) }
                continuation.resume(returning: load)
            }
        }
    }

    private static func addRound(to load: inout MachineLoad) {
        let clock = ContinuousClock()
        let due = clock.now + sleep
        usleep(UInt32(sleep / .microseconds(1)))
        let start = clock.now
        load.addSleep(late: start - due)
        let first = processorTime
        while processorTime - first < computation {}
        load.addComputation(elapsed: clock.now - start, computed: processorTime - first)
    }

    /// The processor time of this thread.
    private static var processorTime: Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
