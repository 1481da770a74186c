package import SparringWire

/// Decides how requests are answered. Pure for its caller: no clock, no I/O, callable on an event loop.
package protocol Responder: Sendable {
    /// Called once for each request when its head has arrived, before its body is read. It has no effects.
    /// - Parameters:
    ///   - head: the request without its body.
    ///   - hasLongBody: whether the body may be too long to be collected without need; a shorter one is always collected.
    func plan(for head: Request, hasLongBody: Bool) -> RequestPlan

    /// - Parameters:
    ///   - connection: the connection's number on the server, from 1.
    ///   - now: the time of the decision.
    func respond(to received: ReceivedRequest, connection: Int, now: Moment) -> PlannedExchange

    /// Called once when an exchange has ended, in whatever way.
    func ended(_ performance: PlannedExchange, timeline: Timeline)

    /// Called once for a connection that had a fault, or ended, before its first request.
    func ended(_ connection: ConnectionReport)
}

extension Responder {
    /// Collects every body and decides on the event loop.
    package func plan(for head: Request, hasLongBody: Bool) -> RequestPlan { RequestPlan() }

    /// Ignores the report.
    package func ended(_ connection: ConnectionReport) {}
}

/// A script, and the exchange that is reported at its end.
package struct PlannedExchange: Sendable {
    package var script: WireScript
    /// Complete except for its timeline.
    package var exchange: Exchange
    /// The bytes between those of the script and its ending.
    package var feed: (any Feed)?
    /// The clock of the script's pauses; nil: real time.
    package var clock: (any ScriptClock)?
    /// Called after every pause: true if the rest of the script is not needed, for example because the response was cancelled.
    package var isRevoked: (@Sendable () -> Bool)?
    /// Holds the answer at the script's `hold`; nil if no breakpoint does.
    package var hold: (any AnswerHold)?
    /// Answers the messages of the WebSocket that the script opens; nil if it opens none.
    package var socket: (any SocketService)?

    package init(script: WireScript, exchange: Exchange, feed: (any Feed)? = nil) {
        self.script = script
        self.exchange = exchange
        self.feed = feed
    }
}
