package import SparringExchange

/// An event of an exchange that is being recorded, before masking.
package enum CassetteEvent: Sendable {
    /// - Parameters:
    ///   - request: the request with its body, or with an `upload`, whose bytes arrive as `uploaded` events.
    ///   - target: the request's target without the session's prefix.
    ///   - startedAt: Unix nanoseconds.
    case began(Request, target: String, session: String, startedAt: Int64, at: Moment)
    /// More bytes of the request's body were sent to the upstream.
    case uploaded([UInt8])
    /// The whole request body was sent.
    case uploadEnded
    case head(UpstreamHead, at: Moment)
    case body([UInt8], at: Moment)
    /// Bytes that the client sent on the WebSocket.
    case sent([UInt8], at: Moment)
    case ended(RecordedEnding, at: Moment)
}

/// Receives the events to record. A sink is called on event loops, so it must not block.
package protocol CassetteSink: Sendable {
    /// - Parameter exchange: the number of the exchange.
    func take(_ event: CassetteEvent, of exchange: Int)
}

/// An entry of a cassette, with secrets masked. The entries of an exchange are written in order.
package enum CassetteEntry: Sendable, Hashable {
    case request(RecordedRequest, session: String, startedAt: Int64)
    /// The status and the header fields of an answer, with an empty body. A second head replaces the first head.
    case head(RecordedAnswer)
    /// Bytes that are appended to the body.
    case part([UInt8], [RecordedPiece])
    /// A message of a WebSocket.
    case message(RecordedMessage)
    /// - Parameter isMasked: whether masking changed the body or a message.
    case ending(RecordedEnding, at: Int64, isMasked: Bool)
    /// The exchange is not recorded. The reason is nil if the exchange failed; otherwise it states why the exchange cannot be recorded.
    case dropped(reason: String?)
}
