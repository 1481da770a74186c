package import SparringExchange

/// What happens to an exchange that is being recorded, as it happens; nothing is masked yet.
package enum TapeEvent: Sendable {
    /// - Parameters:
    ///   - request: with its body, or with an `upload`: then what comes of that is told by itself.
    ///   - target: the request's, without a session's prefix.
    ///   - startedAt: in Unix nanoseconds.
    case began(Request, target: String, session: String, startedAt: Int64, at: Moment)
    /// So much more of the request's body has gone up.
    case uploaded([UInt8])
    /// All of it has.
    case uploadEnded
    case head(UpstreamHead, at: Moment)
    case body([UInt8], at: Moment)
    case ended(TapedEnding, at: Moment)
}

/// Takes what is to be recorded. Called on event loops: must not block.
package protocol TapeSink: Sendable {
    /// - Parameter exchange: tells the exchanges apart that are under way.
    func take(_ event: TapeEvent, of exchange: Int)
}

/// What is written to a tape, one after the other for each exchange; secrets are masked.
package enum TapeEntry: Sendable, Hashable {
    case request(TapedRequest, session: String, startedAt: Int64)
    /// Status and fields; a second one replaces the first. The body is empty.
    case head(TapedAnswer)
    /// Goes behind what there is of the body.
    case part([UInt8], [TapedPiece])
    /// - Parameter isMasked: whether the body is not what was received.
    case ending(TapedEnding, at: Int64, isMasked: Bool)
    /// It is not kept after all: failed and not asked for, or, with a reason, not to be looked into.
    case dropped(reason: String?)
}
