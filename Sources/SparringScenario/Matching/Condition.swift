package import SparringJSON

/// What a rule asks of a request.
package indirect enum Condition: Sendable {
    case all([Condition])
    case any([Condition])
    case not(Condition)
    case field(Field, Match)
    /// Stateful conditions; the session answers them under its lock.
    case attempt(ClosedRange<Int>)
    /// The n-th call of the session for which the rest of the rule's condition holds.
    case nth(ClosedRange<Int>)
    /// True with this probability, drawn from the session's seed.
    case chance(Double)
}

package enum Field: Sendable, Hashable {
    case endpoint
    case model
    case header(String)
    /// The text of the last user message.
    case lastUser
    /// The text of the system and developer messages, or `instructions`.
    case system
    /// The names of the tools that the request offers: holds where any of them matches.
    case offersTool
    /// The text of the tool results that follow the last assistant message: holds where any of them matches.
    case toolResult
    case path(JSONPath)
    case stream
    /// 1 + the assistant messages so far.
    case turn
}

package enum Match: Sendable {
    case equals(JSONValue)
    case contains(String)
    case glob(String)
    case regex(Pattern)
    case oneOf([JSONValue])
    case exists(Bool)
}
