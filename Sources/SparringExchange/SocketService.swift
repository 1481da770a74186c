package import SparringJSON

/// Answers the messages of open WebSockets. Like a `Responder`, it has no clock, does no I/O, and can be called on an event
/// loop.
package protocol SocketService: AnyObject, Sendable {
    /// Reads a message.
    func turn(of message: [UInt8], isText: Bool) -> SocketTurn

    /// Plans the answer to a turn: a script of frames without a head. Called when the answers to earlier turns of the same
    /// lane have been sent.
    /// - Parameters:
    ///   - connection: the connection's number on the server, from 1.
    ///   - now: the time of the decision.
    func answer(to turn: SocketTurn, connection: Int, now: Moment) -> PlannedExchange
}

/// A message of a client that waits for its answer.
package struct SocketTurn: Sendable {
    package var message: [UInt8]
    /// Nil if the message is not JSON, or is binary.
    package var body: JSONValue?
    /// Turns of one lane are answered in order, those of different lanes at the same time.
    package var lane: String

    package init(message: [UInt8], body: JSONValue?, lane: String) {
        self.message = message
        self.body = body
        self.lane = lane
    }
}
