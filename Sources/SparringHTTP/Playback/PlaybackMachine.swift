import SparringExchange
import SparringWire

/// Steps through a wire script and returns the next action. The machine has no clock. Due times are sums of pauses from the
/// start, never from "now", so a late timer delays one event and not all later ones.
struct PlaybackMachine {
    enum Action: Hashable {
        /// Write these bytes. `mark` is the mark that the last of the bytes completes.
        case write(Range<Int>, Mark?, due: Moment)
        case wait(until: Moment)
        /// Wait until the condition is met or the timeout is over. After the wait, call `resume(at:)` with the current time, from which
        /// later due times are counted.
        case await(WireScript.Condition, timeout: Duration?)
        case read(Bool)
        case interim(Int)
        case frames(ConnectionFrames)
        /// The step takes effect when the kernel has all bytes before it.
        case fault(FaultID)
        /// Wait until the answer is released, then continue as after `await`.
        case hold
        /// End the connection in the given way. These faults take effect together with the connection's end.
        case end(Ending, faults: [FaultID])
    }

    private let steps: [WireScript.Step]
    private var position = 0
    /// The time at which the next step is due.
    private(set) var due: Moment

    init(_ script: WireScript, startedAt: Moment) {
        steps = script.steps
        due = startedAt
    }

    mutating func next() -> Action {
        while position < steps.count {
            let step = steps[position]
            position += 1
            switch step {
            case .write(let range, let mark): return write(WireScript.Run(range: range, mark: mark, end: position))
            // Writes that are not merged are flushed separately.
            case .flush: continue
            case .pause(let duration):
                due = due.advanced(by: duration)
                return .wait(until: due)
            case .await(let condition, let timeout): return .await(condition, timeout: timeout)
            case .read(let isOn): return .read(isOn)
            case .interim(let status): return .interim(status)
            case .frames(let frames): return .frames(frames)
            case .fault(let id): return faults(from: id)
            case .hold: return .hold
            case .end(let ending): return end(ending, faults: [])
            }
        }
        return .end(.keepAlive, faults: [])
    }

    /// Skips everything except the end of the framing and the ending.
    mutating func skipToEnding() {
        let ending = steps.lastIndex { if case .end = $0 { true } else { false } } ?? steps.count
        guard ending > position else { return }
        if case .write(_, .done) = steps[ending - 1] { position = ending - 1 } else { position = ending }
    }

    /// Call when the awaited condition is met, or when its time is over.
    mutating func resume(at moment: Moment) { due = max(due, moment) }

    /// The faults that have not been returned yet.
    var remainingFaults: [FaultID] {
        steps[position...].compactMap { if case .fault(let id) = $0 { id } else { nil } }
    }

    /// Consecutive writes are merged, with the mark of the last write: the kernel takes them in one system call.
    private mutating func write(_ first: WireScript.Run) -> Action {
        let run = steps.extended(first)
        position = run.end
        return .write(run.range, run.mark, due: due)
    }

    /// Faults directly before the end take effect together with the end, not earlier: a reset that still waits has had
    /// no effect.
    private mutating func faults(from first: FaultID) -> Action {
        var (ids, following) = ([first], position)
        while following < steps.count {
            switch steps[following] {
            case .fault(let id): ids.append(id)
            case .end(let ending): return end(ending, faults: ids)
            default: return .fault(first)
            }
            following += 1
        }
        return .fault(first)
    }

    private mutating func end(_ ending: Ending, faults: [FaultID]) -> Action {
        position = steps.count
        return .end(ending, faults: faults)
    }
}

extension Moment {
    func advanced(by duration: Duration) -> Moment {
        // A larger sum means "never", and must not trap: scenarios may contain `hang: 1000000h`.
        Moment(nanoseconds: min(nanoseconds + duration.wholeNanoseconds, 1 << 61))
    }
}

extension Duration {
    /// Rounded down; durations of more than 73 years count as 73 years.
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        guard seconds < 1 << 31 else { return 1 << 61 }
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
