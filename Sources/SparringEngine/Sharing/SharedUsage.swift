import SparringJSON
import Synchronization

/// The store of the totals of calls, for all servers that share sessions. Its functions block.
package protocol UsageStore: Sendable {
    /// Replaces the values that this server has written for the same lines and intervals.
    /// - Parameter removing: whether the intervals of other lengths that this server has written are removed. With the removal in the same
    ///   step, no reader gets the old intervals together with the new ones.
    func write(_ lines: [StoredUsage], removing: OtherWidths) throws(StoreProblem)

    /// The lines of all servers, without lines from before the last restart of their session.
    /// - Parameter withIntervals: whether the lines of single intervals are returned, too.
    func usage(withIntervals: Bool) throws(StoreProblem) -> [StoredUsage]
}

/// The treatment of a server's stored intervals whose length differs from that of the newest intervals.
package enum OtherWidths: Sendable, Hashable {
    /// This server's intervals still have the same length.
    case none
    /// All intervals became longer and are written again: intervals that do not have this length are removed.
    case allBut(UsageWidth)
}

/// A line of a server's usage, in the form that servers share.
package struct StoredUsage: Sendable, Hashable {
    /// The interval in which the calls of a line ended.
    package struct Interval: Sendable, Hashable {
        /// Seconds since 1970, by the clock of the server that wrote the line.
        package var start: Int
        package var width: UsageWidth

        package init(start: Int, width: UsageWidth) { (self.start, self.width) = (start, width) }
    }

    /// Empty for calls that belong to no session.
    package var session: String
    /// Identifies the time since the last restart of the session.
    package var life: Int
    /// Distinguishes the lines of this server from each other.
    package var line: Int
    /// Nil for the totals of all intervals.
    package var interval: Interval?
    /// JSON.
    package var document: [UInt8]

    package init(session: String, life: Int, line: Int, interval: Interval? = nil, document: [UInt8]) {
        (self.session, self.life, self.line, self.document) = (session, life, line, document)
        self.interval = interval
    }
}

/// Writes the usage of this server for the others, and reads the usage of all servers.
///
/// Each server writes the totals of its own lines, not differences: writing twice changes nothing, and servers do not wait for each
/// other.
package final class SharedUsage: Sendable {
    private let store: any UsageStore
    private let ledger: UsageStatistics
    private let sessions: SessionRegistry
    private let written = Mutex(Written())

    /// The usage that the store has from this server.
    private struct Written {
        var lines: [Int: WrittenLine] = [:]
        var width = UsageWidth.second
    }

    /// The values of a line that were written last.
    private struct WrittenLine: Equatable {
        var requests: Int
        var life: Int
        /// The start of the newest interval. Earlier intervals do not change any more, except when all intervals become longer.
        var newest: Int
    }

    package init(_ store: any UsageStore, _ ledger: UsageStatistics, _ sessions: SessionRegistry) {
        (self.store, self.ledger, self.sessions) = (store, ledger, sessions)
    }

    /// Writes the lines and intervals that have changed since the last call. One thread at a time may call it.
    package func write() throws(StoreProblem) {
        let reading = ledger.reading(withIntervals: true)
        let before = written.withLock(\.self)
        let isWidened = reading.width != before.width
        var (after, lines) = (before, [StoredUsage]())
        after.width = reading.width
        var lives: [String: Int] = [:]
        var rest = reading.intervals[...]
        for line in reading.lines {
            // Intervals are in the order of the lines.
            let intervals = rest.prefix { $0.line.key == line.key }
            rest = rest.dropFirst(intervals.count)
            let (session, identity) = (line.key.session, line.identity)
            let old = before.lines[identity]
            // A session is written before it is evicted.
            guard let life = lives[session] ?? sessions.existing(session)?.sharedLife ?? old?.life else { continue }
            lives[session] = life
            let new = WrittenLine(requests: line.requests, life: life, newest: intervals.last?.start ?? 0)
            guard isWidened || old != new else { continue }
            after.lines[identity] = new
            func add(_ line: UsageStatistics.Line, _ interval: StoredUsage.Interval?) {
                lines.append(
                    StoredUsage(
                        session: session, life: life, line: identity, interval: interval,
                        document: line.json.serialized()))
            }
            add(line, nil)
            let known = isWidened || old?.life != life ? Int.min : old?.newest ?? .min
            for interval in Self.joined(intervals.filter { $0.start >= known }) {
                add(interval.line, StoredUsage.Interval(start: interval.start, width: reading.width))
            }
        }
        guard !lines.isEmpty else { return }
        lines.append(StoredUsage(session: "", life: 0, line: 0, document: Self.document(reading)))
        try store.write(lines, removing: isWidened ? .allBut(reading.width) : .none)
        written.withLock { $0 = after }
    }

    /// When intervals become longer, two neighbours can get the same start: then they become one row of the store.
    private static func joined(_ intervals: [UsageStatistics.Interval]) -> [UsageStatistics.Interval] {
        intervals.reduce(into: []) { joined, interval in
            if joined.last?.start == interval.start {
                joined[joined.count - 1].line.add(interval.line)
            } else {
                joined.append(interval)
            }
        }
    }

    /// The usage of all servers. The usage of the other servers may be a moment old.
    /// - Parameter withIntervals: whether the reading also has the calls by interval. The width of the intervals is the longest that any
    ///   server uses.
    package func reading(withIntervals: Bool = false) throws(StoreProblem) -> UsageStatistics.Reading {
        try write()
        let prices = ledger.prices
        var reading = UsageStatistics.Reading(prices: prices, lines: [], lateness: Histogram())
        for stored in try store.usage(withIntervals: withIntervals) {
            guard let json = try? JSONValue.parse(stored.document) else { continue }
            guard stored.session.isEmpty else {
                let line = UsageStatistics.Line(json, of: stored.session, prices)
                if let interval = stored.interval {
                    reading.intervals.append(UsageStatistics.Interval(start: interval.start, line: line))
                    reading.width = max(reading.width, interval.width)
                } else {
                    reading.lines.append(line)
                }
                continue
            }
            reading.lateness.add(Histogram(json["lateness"]))
            for member in json["connections"]?.object?.members ?? [] {
                reading.connectionFaults[member.name, default: 0] += member.value.int ?? 0
            }
        }
        return reading
    }

    private static func document(_ reading: UsageStatistics.Reading) -> [UInt8] {
        let faults = reading.connectionFaults.map { JSONObject.Member($0.key, .int($0.value)) }
        let json: JSONValue = ["lateness": reading.lateness.json, "connections": .object(JSONObject(faults))]
        return json.serialized()
    }
}
