package import SparringWire

/// Decides what a request gets. Pure from the caller's side: no clock, no I/O, callable on an event loop.
package protocol Responder: Sendable {
    /// - Parameters:
    ///   - connection: counts the server's connections, from 1.
    ///   - now: the moment of the decision.
    func respond(to request: Request, connection: Int, now: Moment) -> Performance

    /// What is to take the body of a form while it comes; nil where it is collected like any other.
    /// - Parameter head: without a body.
    func intake(for head: Request) -> (any BodyIntake)?

    /// Whether bodies of any kind may be wanted while they come: then `passesOn` is asked of each that is not short.
    var mayPassOn: Bool { get }

    /// Whether a request is to be answered while its body comes, as its `upload`.
    /// - Parameter head: without a body.
    func passesOn(_ head: Request) -> Bool

    /// Whether `strikes` is worth asking for such a request: of heads that are all alike, most have nothing to tell.
    /// - Parameter ordersFaults: whether its header does.
    func looksAtHead(_ target: String, ordersFaults: Bool) -> Bool

    /// What befalls a request before its body is read, each with its time as it passes on this machine's clock.
    /// - Parameter head: without a body.
    func strikes(at head: Request) -> [(fault: Fault, strike: RequestStrike)]

    /// The answer to a request whose body is not read: what it has been struck by says which.
    func respond(early head: Request, connection: Int, now: Moment) -> Performance

    /// Whether to answer the request may take long, as where a disk is asked: then it is done off the event loop.
    func mayBlock(on request: Request) -> Bool

    /// The answer to something that is no request: the head as far as it is known, and what is wrong.
    /// The connection ends after it.
    func respond(to problem: RequestProblem, head: Request?, connection: Int, now: Moment) -> Performance

    /// Called once when a performance has ended, however it ended.
    func ended(_ performance: Performance, timeline: Timeline)

    /// Called once for a connection that met a fault, or an end, before its first request.
    func heard(_ report: ConnectionReport)
}

/// A script, and what its end is to be reported with.
package struct Performance: Sendable {
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

/// Why a request cannot be served at all.
package enum RequestProblem: Sendable, Hashable {
    /// Not HTTP/1.x; says what the parser objected to.
    case malformed(String)
    case headTooLarge(limit: Int)
    case bodyTooLarge(limit: Int)
    /// Head or body did not arrive in time.
    case timeout
}

extension Responder {
    /// Wants every body whole.
    package func intake(for head: Request) -> (any BodyIntake)? { nil }

    /// Answers no request before it is complete.
    package var mayPassOn: Bool { false }

    package func passesOn(_ head: Request) -> Bool { mayPassOn }

    /// Takes every request as it comes.
    package func looksAtHead(_ target: String, ordersFaults: Bool) -> Bool { false }

    package func strikes(at head: Request) -> [(fault: Fault, strike: RequestStrike)] { [] }

    package func respond(early head: Request, connection: Int, now: Moment) -> Performance {
        respond(to: head, connection: connection, now: now)
    }

    /// Keeps no log of connections.
    package func heard(_ report: ConnectionReport) {}

    /// Has what it needs in memory.
    package func mayBlock(on request: Request) -> Bool { false }
}
