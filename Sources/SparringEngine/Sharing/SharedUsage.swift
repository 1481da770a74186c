import SparringJSON
import Synchronization

/// The totals of calls, where all servers that share sessions keep theirs. Its functions block.
package protocol UsageStore: Sendable {
    /// Replaces what this server has written of the same lines.
    func write(_ lines: [StoredUsage]) throws(StoreProblem)

    /// The lines of all servers, without those from before the last restart of their session.
    func usage() throws(StoreProblem) -> [StoredUsage]
}

/// A line of a server's usage as servers share it.
package struct StoredUsage: Sendable, Hashable {
    /// Empty for what belongs to no session.
    package var session: String
    /// Identifies the time since the last restart of the session.
    package var life: Int
    /// Tells the lines of one server apart.
    package var line: Int
    /// JSON.
    package var document: [UInt8]

    package init(session: String, life: Int, line: Int, document: [UInt8]) {
        (self.session, self.life, self.line, self.document) = (session, life, line, document)
    }
}

/// Writes the usage of this server for the others, and reads that of all.
///
/// Each server writes the totals of its own lines, not differences: writing twice changes nothing, and servers do not wait for each
/// other.
package final class SharedUsage: Sendable {
    private let store: any UsageStore
    private let ledger: UsageStatistics
    private let sessions: SessionRegistry
    private let written = Mutex<[Int: Written]>([:])

    /// What was written of a line.
    private struct Written: Equatable {
        var requests: Int
        var life: Int
    }

    package init(_ store: any UsageStore, _ ledger: UsageStatistics, _ sessions: SessionRegistry) {
        (self.store, self.ledger, self.sessions) = (store, ledger, sessions)
    }

    /// Writes the lines that have changed since the last call. One thread at a time may call it.
    package func write() throws(StoreProblem) {
        let reading = ledger.reading
        let before = written.withLock(\.self)
        var (after, lines) = (before, [StoredUsage]())
        var lives: [String: Int] = [:]
        for line in reading.lines {
            let (session, identity) = (line.key.session, line.identity)
            // A session that was evicted had been written before.
            let known = lives[session] ?? sessions.existing(session)?.sharedLife ?? before[identity]?.life
            guard let life = known else { continue }
            lives[session] = life
            let new = Written(requests: line.requests, life: life)
            guard before[identity] != new else { continue }
            after[identity] = new
            lines.append(
                StoredUsage(session: session, life: life, line: identity, document: line.json.serialized()))
        }
        guard !lines.isEmpty else { return }
        lines.append(StoredUsage(session: "", life: 0, line: 0, document: Self.document(reading)))
        try store.write(lines)
        written.withLock { $0 = after }
    }

    /// The usage of all servers. Those of the others may be a moment old.
    package func reading() throws(StoreProblem) -> UsageStatistics.Reading {
        try write()
        let prices = ledger.prices
        var reading = UsageStatistics.Reading(prices: prices, lines: [], lateness: Histogram())
        for stored in try store.usage() {
            guard let json = try? JSONValue.parse(stored.document) else { continue }
            guard stored.session.isEmpty else {
                reading.lines.append(UsageStatistics.Line(json, of: stored.session, prices))
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
