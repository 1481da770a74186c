package import SparringWire

/// How long a background response is queued and running, in session time.
package struct BackgroundPlan: Sendable, Hashable {
    package var queued: Duration
    package var running: Duration

    package init(queued: Duration, running: Duration) {
        self.queued = queued
        self.running = running
    }

    /// The default is long enough for a client to see every status, and short enough not to delay the client.
    package static let standard = BackgroundPlan(queued: .milliseconds(500), running: .milliseconds(1500))

    package var total: Duration { queued + running }

    /// The time of each event, measured from the start: the first two events are due while the response is queued, the last event when it
    /// ends, and the others evenly in between.
    package func dues(_ count: Int) -> [Duration] {
        (0..<count).map { index in
            guard index >= 2 else { return .zero }
            return queued + running / max(1, count - 3) * (index - 2)
        }
    }

    /// The events after the event with a given number, each with the pause before it, in session time.
    ///
    /// - Parameters:
    ///   - number: the number after which events are returned; nil for all events.
    ///   - elapsed: session time since the response started.
    ///   - end: events after this time are dropped; nil for no limit.
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
