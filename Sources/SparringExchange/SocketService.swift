package import SparringJSON
package import SparringWire

/// Answers the messages of open WebSockets. Like a `Responder`, it has no clock, does no I/O, and can be called on an event
/// loop.
package protocol SocketService: AnyObject, Sendable {
    /// How messages are compressed; nil if they are not.
    var compression: SocketCompression? { get }

    /// Reads a message.
    func turn(of message: [UInt8], isText: Bool) -> SocketTurn

    /// Plans the answer to a turn: a script of frames without a head. Called when the answers to earlier turns of the same
    /// lane have been sent.
    /// - Parameters:
    ///   - connection: the connection's number on the server, from 1.
    ///   - now: the time of the decision.
    func answer(to turn: SocketTurn, connection: Int, now: Moment) -> PlannedExchange

    /// The answer to a turn was stopped, because another turn has `stops`. Called before that turn is answered.
    /// - Parameter sent: the bytes of the answer's script that the client gets: whole messages.
    func stopped(_ turn: SocketTurn, sent: Int)

    /// The answer to a turn has ended; after `stopped` too.
    func ended(_ turn: SocketTurn)

    /// The turns that the service itself begins, after the answers so far. Returns each of them once.
    func followUps() -> [SocketTurn]
}

extension SocketService {
    package var compression: SocketCompression? { nil }

    /// Does nothing: no turn stops another.
    package func stopped(_ turn: SocketTurn, sent: Int) {}
    package func ended(_ turn: SocketTurn) {}
    package func followUps() -> [SocketTurn] { [] }
}

/// A message of a client that waits for its answer.
package struct SocketTurn: Sendable {
    package var message: [UInt8]
    /// Nil if the message is not JSON, or is binary.
    package var body: JSONValue?
    /// Turns of one lane are answered in order, those of different lanes at the same time.
    package var lane: String
    /// The lane whose running answer this turn stops; nil if it stops none.
    package var stops: String?

    package init(message: [UInt8], body: JSONValue?, lane: String) {
        self.message = message
        self.body = body
        self.lane = lane
    }
}
