/// What a client has sent, as far as it is read.
package enum ReceivedRequest: Sendable {
    /// Complete, but for the body of a request that is answered while it comes.
    case complete(Request)
    /// A request whose body is not read: `Request.struck` has the fault that ordered so.
    case head(Request)
    /// No request that can be served; the head if it has come. The connection ends after the answer.
    case invalid(RequestProblem, head: Request?)
}

/// Why a request cannot be served at all.
package enum RequestProblem: Sendable, Hashable {
    /// Not HTTP/1.x; says what the parser objected to.
    case malformed(String)
    case headTooLarge(limit: Int)
    case bodyTooLarge(limit: Int)
    /// Head or body did not arrive in time.
    case timeout
}
