package import SparringExchange

/// The last exchanges of a session by their numbers: each has its slot from the moment of its decision, so that whoever has
/// an answer finds its exchange here; the timeline follows when it has ended. Bounded: a server that runs for days keeps its
/// size, and says how many exchanges it has let go.
package struct ExchangeLog: Sendable {
    /// What is asked of a slot whose exchange stays where it is: to look at one inside would copy it.
    private struct Slot: Sendable {
        var number: Int
        var connection: Int
        var decidedAt: Moment
        var hasEnded = false
    }

    let capacity: Int
    /// The exchange of number n is in slot (n - 1) modulo the capacity.
    private var ring: [Exchange?] = []
    private var slots: [Slot?] = []
    private var latest = 0
    package private(set) var dropped = 0

    package init(capacity: Int) { self.capacity = capacity }

    /// Takes an exchange when it has been decided. Its timeline is still to come.
    /// - Returns: the one that has to go for it. To let go of its memory takes longer than all else here: not under a lock.
    @discardableResult
    package mutating func begin(_ exchange: Exchange, decidedAt moment: Moment) -> Exchange? {
        latest = max(latest, exchange.number)
        guard capacity > 0, exchange.number > latest - capacity else {
            dropped += 1
            return nil
        }
        let index = (exchange.number - 1) % capacity
        // Two event loops may come out of order here: the slots between are filled in a moment.
        while ring.count <= index {
            ring.append(nil)
            slots.append(nil)
        }
        if slots[index] != nil { dropped += 1 }
        slots[index] = Slot(number: exchange.number, connection: exchange.connection, decidedAt: moment)
        var displaced: Exchange? = exchange
        swap(&ring[index], &displaced)
        return displaced
    }

    /// Fills in what happened to it. One that the log no longer holds, or that began before the session was restarted, is let go.
    package mutating func end(_ number: Int, connection: Int, timeline: Timeline) {
        guard capacity > 0, number > 0 else { return }
        let index = (number - 1) % capacity
        guard index < slots.count, let slot = slots[index], !slot.hasEnded, slot.number == number,
            slot.connection == connection
        else { return }
        ring[index]?.timeline = timeline
        slots[index]?.hasEnded = true
    }

    /// Those of which it is known how they went, by number.
    package var ended: [Exchange] { entries.compactMap { $0.slot.hasEnded ? $0.exchange : nil } }

    /// By number. One that is still running has its decision for a timeline, and what is known to be missed.
    package var exchanges: [Exchange] {
        entries.map { entry in
            guard !entry.slot.hasEnded else { return entry.exchange }
            var exchange = entry.exchange
            exchange.timeline.stamp(.decided, at: entry.slot.decidedAt)
            return exchange
        }
    }

    private var entries: [(exchange: Exchange, slot: Slot)] {
        let start = capacity > 0 && ring.count == capacity ? latest % capacity : 0
        return (Array(start..<ring.count) + Array(0..<start)).compactMap { index in
            guard let exchange = ring[index], let slot = slots[index] else { return nil }
            return (exchange, slot)
        }
    }
}
