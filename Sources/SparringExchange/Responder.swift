package import SparringWire

/// Decides what a request gets. Pure from the caller's side: no clock, no I/O, callable on an event loop.
package protocol Responder: Sendable {
    /// Called once for each request whose head has come, before its body is read. Commits to nothing.
    /// - Parameters:
    ///   - head: the request without its body.
    ///   - hasLongBody: whether the body may be too long to be collected without need; a shorter one is collected whatever the plan says.
    func plan(for head: Request, hasLongBody: Bool) -> RequestPlan

    /// - Parameters:
    ///   - connection: counts the server's connections, from 1.
    ///   - now: the moment of the decision.
    func respond(to received: ReceivedRequest, connection: Int, now: Moment) -> PlannedExchange

    /// Called once when a performance has ended, however it ended.
    func ended(_ performance: PlannedExchange, timeline: Timeline)

    /// Called once for a connection that met a fault, or its end, before its first request.
    func ended(_ connection: ConnectionReport)
}

extension Responder {
    /// Collects every body and decides on the event loop.
    package func plan(for head: Request, hasLongBody: Bool) -> RequestPlan { RequestPlan() }

    /// Keeps no log of connections.
    package func ended(_ connection: ConnectionReport) {}
}

/// A script, and what its end is to be reported with.
package struct PlannedExchange: Sendable {
    package var script: WireScript
    /// Complete but for its timeline.
    package var exchange: Exchange
    /// What follows the script's bytes, before its ending.
    package var feed: (any Feed)?
    /// What its pauses are measured by; nil: real time.
    package var clock: (any ScriptClock)?
    /// Asked after every pause: whether what is left of the script is not wanted any more, as of a response that was cancelled.
    package var isRevoked: (@Sendable () -> Bool)?

    package init(script: WireScript, exchange: Exchange, feed: (any Feed)? = nil) {
        self.script = script
        self.exchange = exchange
        self.feed = feed
    }
}
