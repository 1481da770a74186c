package import SparringJSON
package import SparringWire

/// Answers the messages of open WebSockets. Like a `Responder`, a socket service has no clock, does no I/O, and can be called on an event
/// loop.
package protocol SocketService: AnyObject, Sendable {
    /// How messages are compressed; nil if messages are not compressed.
    var compression: SocketCompression? { get }

    /// Whether `answer` may block its thread, for example on a database. An `answer` that may block runs off the event loop, one turn of
    /// the socket at a time.
    var mayBlock: Bool { get }

    /// Reads a message.
    func turn(of message: [UInt8], isText: Bool) -> SocketTurn

    /// Names the lane of a turn and the lane that it stops. Called when all earlier turns of this turn's lane have been answered or have
    /// left for another lane, so the result may depend on them. A turn that is sent to a new lane waits in that lane.
    func routed(_ turn: SocketTurn) -> SocketTurn

    /// Plans the answer to a turn: a script of frames without a head. Called when the answers to all earlier turns of the same lane have
    /// been sent.
    /// - Parameters:
    ///   - connection: the connection's number on the server, from 1.
    ///   - now: the time of the decision.
    func answer(to turn: SocketTurn, connection: Int, now: Moment) -> PlannedExchange

    /// Called if another turn has stopped the answer to this turn, before that turn is answered.
    /// - Parameter sent: the number of bytes of the script that the client receives; always whole messages.
    func stopped(_ turn: SocketTurn, sent: Int)

    /// Called when the answer to a turn has ended, also after `stopped`.
    func ended(_ turn: SocketTurn)

    /// The turns that the service itself starts, as a result of the answers so far. Each of these turns is returned once.
    func followUps() -> [SocketTurn]

    /// The time that the service waits for; nil if it waits for none. Read when a turn has been answered and when an answer has
    /// ended. A wait with another number, or nil, ends the wait before it.
    var wait: SocketWait? { get }

    /// Called after each pause of the wait. The turns that it starts are in `followUps`.
    /// - Parameter pauses: the number of pauses that are over, from 1.
    func waited(_ wait: SocketWait, pauses: Int)
}

extension SocketService {
    package var compression: SocketCompression? { nil }
    package var mayBlock: Bool { false }

    /// Returns the turn unchanged, because the message alone names the lane.
    package func routed(_ turn: SocketTurn) -> SocketTurn { turn }
    /// Does nothing, because no turn stops another.
    package func stopped(_ turn: SocketTurn, sent: Int) {}
    package func ended(_ turn: SocketTurn) {}
    package func followUps() -> [SocketTurn] { [] }
    package var wait: SocketWait? { nil }
    package func waited(_ wait: SocketWait, pauses: Int) {}
}

/// A client's message that waits for its answer.
package struct SocketTurn: Sendable {
    package var message: [UInt8]
    /// The parsed message; nil if the message is not JSON, or is binary.
    package var body: JSONValue?
    /// The answers to turns of one lane are sent in order; the answers to turns of different lanes are sent at the same time.
    package var lane: String
    /// The lane whose running answer this turn stops; nil if this turn stops no answer.
    package var stops: String?
    /// True if the service itself starts the turn, without a message from the client.
    package var isOwn = false

    package init(message: [UInt8], body: JSONValue?, lane: String) {
        self.message = message
        self.body = body
        self.lane = lane
    }
}
