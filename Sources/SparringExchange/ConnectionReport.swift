package import SparringWire

/// The events of a connection before its first request: faults of its listener, or a failed handshake.
package struct ConnectionReport: Sendable {
    /// The connection's number on the server, from 1.
    package var connection: Int
    package var isTLS: Bool
    package var faults: [Fault]
    /// The timeline, which begins with the event `decided`.
    package var timeline: Timeline

    package init(connection: Int, isTLS: Bool, faults: [Fault] = [], timeline: Timeline = Timeline()) {
        self.connection = connection
        self.isTLS = isTLS
        self.faults = faults
        self.timeline = timeline
    }

    /// The connection's entry in the log of the default session. The entry is marked as auxiliary, because no client has sent a request.
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
    /// The endpoint in the log entry of a connection that has had no request yet.
    package static let connectionEndpoint = "connection"

    package var isConnection: Bool { decision.endpoint == Self.connectionEndpoint }
}
