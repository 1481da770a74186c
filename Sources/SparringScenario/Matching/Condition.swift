package import SparringJSON

/// A condition of a rule on a request.
package indirect enum Condition: Sendable {
    case all([Condition])
    case any([Condition])
    case not(Condition)
    case field(Field, Match)
    /// Stateful conditions; the session evaluates them under its lock.
    case attempt(ClosedRange<Int>)
    /// The n-th call of the session for which the rest of the rule's condition is true.
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
    /// The names of the tools that the request offers; any one of them must match.
    case offersTool
    /// The texts of the tool results after the last assistant message; any one of them must match.
    case toolResult
    case path(JSONPath)
    case stream
    /// 1 plus the number of assistant messages so far.
    case turn
    /// The event of a WebSocket; nil for a request of HTTP.
    case event
}

package enum Match: Sendable {
    case equals(JSONValue)
    case contains(String)
    case glob(String)
    case regex(Pattern)
    case oneOf([JSONValue])
    case exists(Bool)
}
