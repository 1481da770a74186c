package import SparringExchange

/// The last exchanges of a session by their numbers: each has its slot from the moment of its decision, so that whoever has
/// an answer finds its exchange here; the timeline follows when it has ended. Bounded: a server that runs for days keeps its
/// size, and says how many exchanges it has let go.
package struct ExchangeLog: Sendable {
    private struct Slot: Sendable {
        var exchange: Exchange
        var decidedAt: Moment
        var hasEnded = false
    }

    let capacity: Int
    /// The exchange of number n is in slot (n - 1) modulo the capacity.
    private var ring: [Slot?] = []
    private var latest = 0
    package private(set) var dropped = 0

    package init(capacity: Int) { self.capacity = capacity }

    /// Takes an exchange when it has been decided. Its timeline is still to come.
    package mutating func begin(_ exchange: Exchange, decidedAt moment: Moment) {
        latest = max(latest, exchange.number)
        guard capacity > 0, exchange.number > latest - capacity else { return dropped += 1 }
        let index = (exchange.number - 1) % capacity
        // Two event loops may come out of order here: the slots between are filled in a moment.
        while ring.count <= index { ring.append(nil) }
        if ring[index] != nil { dropped += 1 }
        ring[index] = Slot(exchange: exchange, decidedAt: moment)
    }

    /// Fills in what happened to it. One that the log no longer holds, or that began before the session was restarted, is let go.
    package mutating func end(_ exchange: Exchange, timeline: Timeline) {
        guard capacity > 0, exchange.number > 0 else { return }
        let index = (exchange.number - 1) % capacity
        guard index < ring.count, let slot = ring[index], !slot.hasEnded, slot.exchange.number == exchange.number,
            slot.exchange.connection == exchange.connection
        else { return }
        ring[index]?.exchange.timeline = timeline
        ring[index]?.hasEnded = true
    }

    /// Those of which it is known how they went, by number.
    package var ended: [Exchange] { slots.filter(\.hasEnded).map(\.exchange) }

    /// By number. One that is still running has its decision for a timeline, and what is known to be missed.
    package var exchanges: [Exchange] {
        slots.map { slot in
            guard !slot.hasEnded else { return slot.exchange }
            var exchange = slot.exchange
            exchange.timeline.stamp(.decided, at: slot.decidedAt)
            return exchange
        }
    }

    private var slots: [Slot] {
        let start = capacity > 0 && ring.count == capacity ? latest % capacity : 0
        return (ring[start...] + ring[..<start]).compactMap { $0 }
    }
}
