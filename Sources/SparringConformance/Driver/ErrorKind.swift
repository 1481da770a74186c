/// What a client says went wrong with its call: a closed list, so that clients of every language can be compared.
package enum ErrorKind: String, Sendable, Hashable, CaseIterable {
    case auth
    case permission
    case notFound = "not_found"
    case badRequest = "bad_request"
    case conflict
    case rateLimit = "rate_limit"
    /// A spent quota or an unpaid bill: waiting does not help.
    case quota
    /// The server failed: a 5xx.
    case server
    case timeout
    /// No answer, or a connection that broke.
    case connection
    /// An answer that stopped before its end.
    case truncated
    /// An answer that is none: not JSON, not an event stream, not of the API.
    case `protocol`
    case contentFilter = "content_filter"
    /// The caller called it off.
    case cancelled
    case other
}
