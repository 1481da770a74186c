/// The kind of error that a client reports: a closed list, so that clients in all languages can be compared.
package enum ErrorKind: String, Sendable, Hashable, CaseIterable {
    case auth
    case permission
    case notFound = "not_found"
    case badRequest = "bad_request"
    case conflict
    case rateLimit = "rate_limit"
    /// The quota is spent, or a bill is unpaid: waiting does not help.
    case quota
    /// The server failed, with a 5xx status.
    case server
    case timeout
    /// No answer arrived, or the connection broke.
    case connection
    /// The answer ended too early.
    case truncated
    /// The body is not an answer: it is not JSON, not an event stream, or not an answer of the API.
    case `protocol`
    case contentFilter = "content_filter"
    /// The caller cancelled the call.
    case cancelled
    case other
}
