package import SparringWire

/// What befell a connection before its first request: the faults of its listener, a handshake that failed.
package struct ConnectionReport: Sendable {
    /// Counts the server's connections, from 1.
    package var connection: Int
    package var isTLS: Bool
    package var faults: [Fault]
    /// Begins with the decision.
    package var timeline: Timeline

    package init(connection: Int, isTLS: Bool, faults: [Fault] = [], timeline: Timeline = Timeline()) {
        self.connection = connection
        self.isTLS = isTLS
        self.faults = faults
        self.timeline = timeline
    }

    /// As the default session's log keeps it: auxiliary, as nobody has asked for anything.
    package func exchange(number: Int, session: String) -> Exchange {
        let decision = Exchange.Decision(
            endpoint: Exchange.connectionEndpoint, status: 0, isAuxiliary: true, faults: faults.map(\.description))
        return Exchange(
            number: number, session: session, connection: connection,
            request: Request(method: "CONNECTION", target: isTLS ? "tls" : "plain"), decision: decision,
            marbles: faults.compactMap { $0.strike?.marbles }.joined(separator: " "), timeline: timeline)
    }
}

extension Exchange {
    /// What an exchange says it was for that is no request, but what befell a connection before one.
    package static let connectionEndpoint = "connection"

    package var isConnection: Bool { decision.endpoint == Self.connectionEndpoint }
}
