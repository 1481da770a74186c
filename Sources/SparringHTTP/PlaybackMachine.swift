import SparringExchange
import SparringWire

/// Walks through a wire script and says what to do next. It has no clock: due times are sums of pauses from the start, never
/// from "now", so that a late timer makes one event late and not all that follow.
struct PlaybackMachine {
    enum Action: Hashable {
        /// Hand these bytes to the kernel; `mark` is what the last of them completes.
        case write(Range<Int>, Mark?, due: Moment)
        case wait(until: Moment)
        case await(WireScript.Condition, timeout: Duration?)
        case read(Bool)
        case interim(Int)
        case fault(Int)
        case end(Ending)
    }

    private let steps: [WireScript.Step]
    private var position = 0
    private(set) var due: Moment

    init(_ script: WireScript, startedAt: Moment) {
        steps = script.steps
        due = startedAt
    }

    /// Adjacent writes are one: what is not to be coalesced has a `flush`, a pause or a fault between.
    mutating func next() -> Action {
        while position < steps.count {
            let step = steps[position]
            position += 1
            switch step {
            case .write(let range, let mark): return write(range, mark)
            case .flush: continue
            case .pause(let duration):
                due.nanoseconds += duration.wholeNanoseconds
                return .wait(until: due)
            case .await(let condition, let timeout): return .await(condition, timeout: timeout)
            case .read(let isOn): return .read(isOn)
            case .interim(let status): return .interim(status)
            case .fault(let index): return .fault(index)
            case .end(let ending): return .end(ending)
            }
        }
        return .end(.keepAlive)
    }

    /// The faults that have not been reached yet.
    var remainingFaults: [Int] {
        steps[position...].compactMap { if case .fault(let index) = $0 { index } else { nil } }
    }

    private mutating func write(_ range: Range<Int>, _ mark: Mark?) -> Action {
        var range = range
        var mark = mark
        while position < steps.count, case .write(let more, let next) = steps[position],
            more.lowerBound == range.upperBound
        {
            range = range.lowerBound..<more.upperBound
            mark = next ?? mark
            position += 1
        }
        return .write(range, mark, due: due)
    }
}

extension Duration {
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
