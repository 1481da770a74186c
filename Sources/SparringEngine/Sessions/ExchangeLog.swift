package import SparringExchange

/// The last exchanges of a session, by number. An exchange is added when its answer is decided, so a client that has an
/// answer finds its exchange here. The timeline of an exchange is added when the exchange ends. The size is bounded; `dropped` counts the
/// exchanges that were removed.
package struct ExchangeLog: Sendable {
    /// The values needed to search the log, stored separately so that a search does not copy any exchange.
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

    /// Adds an exchange when it has been decided, before its timeline is known.
    /// - Returns: the exchange that it replaces. Release it outside any lock, because freeing its memory takes time.
    @discardableResult
    package mutating func begin(_ exchange: Exchange, decidedAt moment: Moment) -> Exchange? {
        latest = max(latest, exchange.number)
        guard capacity > 0, exchange.number > latest - capacity else {
            dropped += 1
            return nil
        }
        let index = (exchange.number - 1) % capacity
        // Two event loops may add their exchanges out of order. The slots of the missing numbers are filled soon
        // afterwards.
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

    /// Adds the timeline to an exchange. Ignores an exchange that was dropped or that began before the session was
    /// restarted.
    package mutating func end(_ number: Int, connection: Int, timeline: Timeline) {
        guard capacity > 0, number > 0 else { return }
        let index = (number - 1) % capacity
        guard index < slots.count, let slot = slots[index], !slot.hasEnded, slot.number == number,
            slot.connection == connection
        else { return }
        ring[index]?.timeline = timeline
        slots[index]?.hasEnded = true
    }

    /// Removes an exchange that did not take place.
    /// - Returns: false if the log has no such running exchange.
    mutating func remove(_ number: Int, connection: Int) -> Bool {
        guard capacity > 0, number > 0 else { return false }
        let index = (number - 1) % capacity
        guard index < slots.count, let slot = slots[index], slot.number == number, slot.connection == connection,
            !slot.hasEnded
        else { return false }
        (ring[index], slots[index]) = (nil, nil)
        return true
    }

    /// The number of exchanges, dropped ones included.
    package var count: Int { latest }

    /// The exchanges that have ended, by number.
    package var ended: [Exchange] { entries.compactMap { $0.slot.hasEnded ? $0.exchange : nil } }

    /// All exchanges, by number. A running exchange has a timeline with its decision and the faults known to have no
    /// effect.
    package var exchanges: [Exchange] {
        entries.map { entry in Self.shown(entry.exchange, entry.slot) }
    }

    private func exchange(in index: Int, _ slot: Slot) -> Exchange? { ring[index].map { Self.shown($0, slot) } }

    private static func shown(_ exchange: Exchange, _ slot: Slot) -> Exchange {
        guard !slot.hasEnded else { return exchange }
        var exchange = exchange
        exchange.timeline.stamp(.decided, at: slot.decidedAt)
        return exchange
    }

    /// The newest exchanges, by number, as in `exchanges`. Copies only these.
    package func latest(_ count: Int) -> [Exchange] {
        guard capacity > 0, latest > 0, count > 0 else { return [] }
        return (max(1, latest - min(count, capacity) + 1)...latest).compactMap { number in
            let index = (number - 1) % capacity
            guard index < ring.count, let slot = slots[index], slot.number == number else { return nil }
            return exchange(in: index, slot)
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
