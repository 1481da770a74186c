package import SparringWire

/// How long a response in the background waits, and how long it is made, in the session's time.
package struct BackgroundPlan: Sendable, Hashable {
    package var queued: Duration
    package var running: Duration

    package init(queued: Duration, running: Duration) {
        self.queued = queued
        self.running = running
    }

    /// Long enough for a client to see every status, short enough not to be waited for.
    package static let standard = BackgroundPlan(queued: .milliseconds(500), running: .milliseconds(1500))

    package var total: Duration { queued + running }

    /// When each event happens, counted from the beginning: the first two while the response is queued, the last one when it ends,
    /// what is between at even distances.
    package func dues(_ count: Int) -> [Duration] {
        (0..<count).map { index in
            guard index >= 2 else { return .zero }
            return queued + running / max(1, count - 3) * (index - 2)
        }
    }

    /// The events that come after a number, each with the pause before it, in the session's time.
    ///
    /// - Parameters:
    ///   - number: nil for all of them.
    ///   - elapsed: since the response began, in the session's time.
    ///   - end: what happens later than that never happens; nil for no such moment.
    package func schedule(
        _ events: [Event], after number: Int?, elapsed: Duration, until end: Duration? = nil
    ) -> [Event] {
        var clock = elapsed
        var scheduled: [Event] = []
        for (index, (event, due)) in zip(events, dues(events.count)).enumerated() {
            if let end, due > end { break }
            guard number.map({ index > $0 }) ?? true else { continue }
            var event = event
            if due > clock {
                event.pause = due - clock
                clock = due
            }
            scheduled.append(event)
        }
        return scheduled
    }
}
