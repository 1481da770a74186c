package import SparringWire

/// Decides how requests are answered. To its caller, a responder is pure: it uses no clock, does no I/O, and can be called on an event
/// loop.
package protocol Responder: Sendable {
    /// Called once for each request, after its head has arrived and before its body is read. The call must have no effects.
    /// - Parameters:
    ///   - head: the request without its body.
    ///   - hasLongBody: whether the body may be too long to collect without need. A shorter body is always collected.
    func plan(for head: Request, hasLongBody: Bool) -> RequestPlan

    /// Whether every answer may block its thread, including the answer to a request that cannot be read.
    var alwaysBlocks: Bool { get }

    /// - Parameters:
    ///   - connection: the connection's number on the server, from 1.
    ///   - now: the time of the decision.
    func respond(to received: ReceivedRequest, connection: Int, now: Moment) -> PlannedExchange

    /// Called once for each exchange, after the exchange has ended in any way.
    func ended(_ performance: PlannedExchange, timeline: Timeline)

    /// Called once for a connection that had a fault before its first request, or that ended before it.
    func ended(_ connection: ConnectionReport)
}

extension Responder {
    /// Collects every body and decides on the event loop.
    package func plan(for head: Request, hasLongBody: Bool) -> RequestPlan { RequestPlan() }

    package var alwaysBlocks: Bool { false }

    /// Ignores the report.
    package func ended(_ connection: ConnectionReport) {}
}

/// A script, and the exchange that is reported when the script has ended.
package struct PlannedExchange: Sendable {
    package var script: WireScript
    /// The exchange, which is complete except for its timeline.
    package var exchange: Exchange
    /// The source of bytes between the script's bytes and its ending.
    package var feed: (any Feed)?
    /// The clock of the script's pauses; nil for real time.
    package var clock: (any ScriptClock)?
    /// Called after every pause. Returns true if the rest of the script must not be sent, for example because the
    /// response was cancelled.
    package var isRevoked: (@Sendable () -> Bool)?
    /// Holds the answer at the script's `hold`; nil without a breakpoint.
    package var hold: (any AnswerHold)?
    /// Answers the messages of the WebSocket that the script opens; nil if the script opens none.
    package var socket: (any SocketService)?

    package init(script: WireScript, exchange: Exchange, feed: (any Feed)? = nil) {
        self.script = script
        self.exchange = exchange
        self.feed = feed
    }
}
