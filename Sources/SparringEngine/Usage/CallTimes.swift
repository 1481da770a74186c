package import SparringExchange
import SparringWire

/// The durations of a call, from its timeline.
package struct CallTimes {
    /// The time from the first byte of the request to the end of the answer.
    package var total: Duration?
    /// The time to the first event that carries content.
    package var firstToken: Duration?
    /// Average time between events that carry content.
    package var perToken: Duration?
    /// The time to the first event of a stream.
    package var firstEvent: Duration?
    package var faults = 0
    package var missedFaults = 0
    package var isAbandoned = false

    /// - Parameter isStream: whether the answer is an event stream. A stream that was sent in one piece has no times of single events.
    package init(_ timeline: Timeline, isStream: Bool = false) {
        let start = timeline.entries.first?.at
        var first: Moment?
        var event: Moment?
        var written: Moment?
        var isMarked = false
        var last: (number: Int, at: Moment)?
        var end: Moment?
        for entry in timeline.entries {
            switch entry.happening {
            case .accepted(let mark, _):
                if mark != nil { isMarked = true }
                switch mark {
                case .content(let number)?:
                    if first == nil { first = entry.at }
                    if event == nil { event = entry.at }
                    last = (number, entry.at)
                case .event?, .done?: if event == nil { event = entry.at }
                case nil: if written == nil { written = entry.at }
                case .head?, .piece?: break
                }
            case .faultDelivered: faults += 1
            case .faultMissed: missedFaults += 1
            case .peerGone: isAbandoned = end == nil
            case .ended: end = entry.at
            default: break
            }
        }
        guard let start else { return }
        total = end.map { $0 - start }
        firstToken = first.map { $0 - start }
        if isStream { firstEvent = (event ?? (isMarked ? nil : written)).map { $0 - start } }
        if let first, let last, last.number > 1 { perToken = (last.at - first) / (last.number - 1) }
    }
}
