import NIOCore
import SparringExchange
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What to do when a connection cannot be accepted, because the process or the system has no descriptors or no memory left: wait, and
/// report the failure.
final class AcceptFailures: Sendable {
    /// Without a pause, the event loop would try again all the time, and open connections would become slow.
    static let pause = TimeAmount.milliseconds(100)
    /// Each attempt fails until a connection is closed, so one sentence is reported for all failures until then.
    static let silence = Duration.seconds(60)

    private let clock: MonotonicClock
    private let report: @Sendable (String) -> Void
    private let reportedAt = Mutex<Moment?>(nil)

    /// - Parameter report: receives a sentence with the cause and the fix.
    init(clock: MonotonicClock, report: @escaping @Sendable (String) -> Void) {
        self.clock = clock
        self.report = report
    }

    /// The pause after an error of `accept`; nil for an error that does not occur in another attempt.
    func pause(after error: IOError) -> TimeAmount? {
        guard let cause = Self.cause(error.errnoCode) else { return nil }
        let now = clock.now
        let isNew = reportedAt.withLock { last in
            if let last, now - last < Self.silence { return false }
            last = now
            return true
        }
        if isNew { report(cause) }
        return Self.pause
    }

    private static func cause(_ code: CInt) -> String? {
        switch code {
        case EMFILE:
            "new connections wait, because this process may not open more files and sockets. Close connections, or "
                + "raise the limit (`ulimit -n`) before the start."
        case ENFILE: "new connections wait, because the system has too many open files."
        case ENOBUFS, ENOMEM: "new connections wait, because the system has no memory for them."
        default: nil
        }
    }
}
