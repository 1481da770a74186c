package import SparringJSON
import SparringScenario

/// How busy a machine was while a gateway was measured.
///
/// Both facts are measured while neither the gateway nor Sparring has work to do. The two facts are how late short sleeps end, and how much
/// longer computations take than the processor time that they use. The load average of the system is not used: it stays high for minutes
/// after the work has ended. On a machine with many busy processes, sleeps may end in time, because schedulers prefer threads that have
/// slept; on such a machine, computations take too long.
package struct MachineLoad: Sendable, Hashable {
    /// By how much each sleep was too long.
    package private(set) var late: [Duration] = []
    /// The time that the computations took.
    package private(set) var elapsed = Duration.zero
    /// The processor time that the computations used.
    package private(set) var computed = Duration.zero

    /// Above this share, the busy machine delays answers by more than a gateway does.
    package static let toleratedStretch = 1.25
    /// The delay that at most one sleep in ten may exceed.
    package static let toleratedDelay = Duration.milliseconds(5)

    package init() {}

    package mutating func addSleep(late delay: Duration) { late.append(delay) }

    package mutating func addComputation(elapsed: Duration, computed: Duration) {
        self.elapsed += elapsed
        self.computed += computed
    }

    package mutating func add(_ other: MachineLoad) {
        late += other.late
        elapsed += other.elapsed
        computed += other.computed
    }

    /// The time of the computations as a multiple of their processor time; 1 on an idle machine.
    package var stretch: Double { computed > .zero ? max(1, elapsed / computed) : 1 }

    /// The delay that one sleep in ten exceeds.
    package var delay: Duration {
        late.isEmpty ? .zero : late.sorted()[late.count * 9 / 10]
    }

    package var isBusy: Bool { problem != nil }

    /// The reason why no measurement is possible; nil if the machine is calm.
    package var problem: String? {
        if stretch > Self.toleratedStretch {
            return "computations take \(Self.rounded(stretch)) times their processor time, and "
                + "\(Self.rounded(Self.toleratedStretch)) times is the limit"
        }
        if delay > Self.toleratedDelay {
            return "one timer in ten is at least \(delay.inWords) late, and \(Self.toleratedDelay.inWords) is the limit"
        }
        return nil
    }

    package var json: JSONValue {
        [
            "is_busy": .bool(isBusy), "stretch": .number(JSONNumber(stretch)),
            "timer_delay": .number(JSONNumber(delay / .milliseconds(1))),
        ]
    }

    private static func rounded(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}
