package import SparringJSON

/// A server among those that share sessions.
package struct SharedReplica: Sendable, Hashable {
    package enum State: String, Sendable {
        case up
        /// The server has stopped in a regular way.
        case stopped
        /// The server no longer reports: it was killed, or it cannot reach the database.
        case lost
    }

    package var name: String
    package var address: String
    /// The version of Sparring.
    package var version: String
    package var state: State
    /// Seconds since the server was last seen.
    package var seen: Int
    /// The number of sessions that this server changed within the last minute and that no other server has changed since.
    package var sessions: Int
    /// The numbers of open sockets, answers and holds at the server when it was last seen.
    package var gauges: ReplicaGauges

    package init(
        name: String, address: String, version: String, state: State, seen: Int, sessions: Int,
        gauges: ReplicaGauges = ReplicaGauges()
    ) {
        (self.name, self.address, self.version, self.state) = (name, address, version, state)
        (self.seen, self.sessions, self.gauges) = (seen, sessions, gauges)
    }

    package var json: JSONValue {
        [
            "id": .string(name), "address": .string(address), "state": .string(state.rawValue),
            "seen_seconds_ago": .int(seen), "sessions": .int(sessions), "version": .string(version),
            "open": gauges.json,
        ]
    }
}

/// The numbers of open sockets, answers and holds at one server at one moment. The other servers know only the numbers that a server
/// reports.
package struct ReplicaGauges: Sendable, Hashable {
    package var traffic: TrafficGauges.Reading
    /// Answers that wait at a breakpoint.
    package var held: Int

    package init(traffic: TrafficGauges.Reading = TrafficGauges.Reading(), held: Int = 0) {
        (self.traffic, self.held) = (traffic, held)
    }

    /// Reads the JSON of `text`. A missing count is 0, because a server of an earlier version does not report it.
    package init(text: String) {
        let json = (try? JSONValue.parse(Array(text.utf8))) ?? .null
        func count(_ name: String) -> Int { json[name]?.int ?? 0 }
        traffic = TrafficGauges.Reading(
            inFlight: count("answers"), streams: count("streams"), sockets: count("sockets"))
        held = count("held")
    }

    package var json: JSONValue {
        [
            "answers": .int(traffic.inFlight), "streams": .int(traffic.streams), "sockets": .int(traffic.sockets),
            "held": .int(held),
        ]
    }

    /// The numbers in the form that the store keeps.
    package var text: String { json.text() }

    package static func + (a: ReplicaGauges, b: ReplicaGauges) -> ReplicaGauges {
        ReplicaGauges(
            traffic: TrafficGauges.Reading(
                inFlight: a.traffic.inFlight + b.traffic.inFlight, streams: a.traffic.streams + b.traffic.streams,
                sockets: a.traffic.sockets + b.traffic.sockets),
            held: a.held + b.held)
    }
}

extension Engine {
    /// The numbers of open sockets, answers and holds at this server now.
    package var gauges: ReplicaGauges {
        ReplicaGauges(traffic: traffic.reading, held: sessions.breakpoints.held.count { $0.since != nil })
    }
}
