/// The kind of error that a client reports: a closed list, so that clients in all languages can be compared.
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
    /// No answer, or a broken connection.
    case connection
    /// An answer that ended too early.
    case truncated
    /// A body that is not an answer: not JSON, not an event stream, or not of the API.
    case `protocol`
    case contentFilter = "content_filter"
    /// The caller cancelled the call.
    case cancelled
    case other
}
