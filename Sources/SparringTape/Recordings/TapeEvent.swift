package import SparringExchange

/// An event of an exchange that is being recorded, before masking.
package enum TapeEvent: Sendable {
    /// - Parameters:
    ///   - request: with its body, or with an `upload`, whose bytes arrive as `uploaded` events.
    ///   - target: the request's target without the session's prefix.
    ///   - startedAt: Unix nanoseconds.
    case began(Request, target: String, session: String, startedAt: Int64, at: Moment)
    /// More bytes of the request's body were sent to the upstream.
    case uploaded([UInt8])
    /// The whole request body was sent.
    case uploadEnded
    case head(UpstreamHead, at: Moment)
    case body([UInt8], at: Moment)
    case ended(TapedEnding, at: Moment)
}

/// Receives the events to record. Called on event loops: must not block.
package protocol TapeSink: Sendable {
    /// - Parameter exchange: the number of the exchange.
    func take(_ event: TapeEvent, of exchange: Int)
}

/// An entry of a tape, with secrets masked. The entries of an exchange are written in order.
package enum TapeEntry: Sendable, Hashable {
    case request(TapedRequest, session: String, startedAt: Int64)
    /// Status and header fields with an empty body. A second head replaces the first.
    case head(TapedAnswer)
    /// Bytes to append to the body.
    case part([UInt8], [TapedPiece])
    /// - Parameter isMasked: whether masking changed the body.
    case ending(TapedEnding, at: Int64, isMasked: Bool)
    /// The exchange is not recorded: without a reason because it failed, with a reason because it cannot be.
    case dropped(reason: String?)
}
