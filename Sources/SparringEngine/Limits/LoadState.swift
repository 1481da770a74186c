import SparringExchange
import SparringScenario
import SparringWire

/// The calls that are running or queued, first come, first served, on the session's clock. Every call changes this value twice: when the
/// call arrives, and when its answer is known, because the answer determines the call's duration.
struct LoadState: Sendable {
    /// The time during which a call has a slot.
    struct Stay: Sendable {
        let number: Int
        var from: Moment
        /// Nil until the length of the answer is known.
        var until: Moment?
    }

    var stays: [Stay] = []

    /// Admits a call. Returns false if all slots and all places in the queue are taken.
    mutating func enter(_ number: Int, _ load: Load, at now: Moment) -> Bool {
        stays.removeAll { $0.until.map { $0 <= now } ?? false }
        let running = stays.count { $0.from <= now }
        let isWaiting = load.slots.map { running >= $0 } ?? false
        if isWaiting, let queue = load.queue, stays.count - running >= queue { return false }
        stays.append(Stay(number: number, from: isWaiting ? .distant : now))
        return true
    }

    /// Assigns a slot to a call and returns the pace of its answer under this load.
    ///
    /// - Parameter pieces: number of content events; 1 if the answer is a whole body.
    mutating func book(_ number: Int, _ load: Load, pace: Pace, pieces: Int, at now: Moment) -> Pace {
        guard let index = stays.firstIndex(where: { $0.number == number }) else { return pace }
        let others = stays.filter { $0.number != number }
        let company = min(others.count, load.slots.map { $0 - 1 } ?? .max)
        let factor = 1 + load.slower * Double(company)
        var pace = pace
        pace.every = pace.every.map { $0 * factor }
        let first = pace.first.map { $0 * factor } ?? .zero
        let from = max(now, Self.opening(after: others.map { $0.until ?? now }, slots: load.slots, now))
        pace.first = pace == .none && from == now ? nil : first + (from - now)
        stays[index].from = from
        stays[index].until = from.advanced(by: first + (pace.every ?? .zero) * max(0, pieces - 1))
        return pace
    }

    /// Ends a call, even before its planned end.
    mutating func leave(_ number: Int, at now: Moment) {
        guard let index = stays.firstIndex(where: { $0.number == number }), stays[index].until.map({ $0 > now }) ?? true
        else { return }
        stays[index].from = min(stays[index].from, now)
        stays[index].until = now
    }

    /// The time at which a slot becomes free if the running calls end at the given times.
    private static func opening(after ends: [Moment], slots: Int?, _ now: Moment) -> Moment {
        let later = ends.filter { $0 > now }.sorted()
        guard let slots, later.count >= slots else { return now }
        return later[later.count - slots]
    }
}

extension Moment {
    /// Stands for a time that is not known yet.
    static let distant = Moment(nanoseconds: .max)

    fileprivate func advanced(by duration: Duration) -> Moment {
        let (seconds, attoseconds) = duration.components
        let (sum, overflow) = nanoseconds.addingReportingOverflow(
            min(seconds, 1 << 31) * 1_000_000_000 + attoseconds / 1_000_000_000)
        return Moment(nanoseconds: overflow ? .max : sum)
    }
}

extension Answer {
    /// Number of content events, which a pace delays; 1 for a whole body.
    var pieces: Int {
        guard case .events(let events) = body else { return 1 }
        return events.count { if case .content = $0.kind { true } else { false } }
    }
}
