/// A client's request, or as much of it as has been read.
package enum ReceivedRequest: Sendable {
    /// A complete request. The body of the request may still be arriving if the request is answered at the same time.
    case complete(Request)
    /// A request whose body is not read; the fault in `Request.struck` is the reason.
    case head(Request)
    /// A request that cannot be served, with its head if the head has arrived. The connection ends after the answer.
    case invalid(RequestProblem, head: Request?)

    /// The same request, marked as a request that arrived over TLS.
    package var secured: ReceivedRequest {
        func secured(_ request: Request) -> Request {
            var request = request
            request.isSecure = true
            return request
        }
        return switch self {
        case .complete(let request): .complete(secured(request))
        case .head(let request): .head(secured(request))
        case .invalid(let problem, let head): .invalid(problem, head: head.map(secured))
        }
    }
}

/// The reason why a request cannot be served.
package enum RequestProblem: Error, Hashable {
    /// The request is not HTTP/1.x; the text is the parser's reason.
    case malformed(String)
    case headTooLarge(limit: Int)
    case bodyTooLarge(limit: Int)
    /// The head or the body did not arrive in time.
    case timeout
}
