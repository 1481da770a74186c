package import SparringWire

/// A server that requests are forwarded to: the real API, or a compatible server.
package protocol Upstream: Sendable {
    /// Starts sending the request. `observer` receives the events of the answer, in order, until an `end` or a
    /// `failed`.
    ///
    /// Must be called on the event loop of the request's connection, on which `observer` is called too.
    func send(_ request: Request, observer: any UpstreamObserver) -> any UpstreamCall
}

/// Receives the answer of an upstream.
package protocol UpstreamObserver: Sendable {
    /// Must not block. `end` and `failed` are the last events.
    func heard(_ event: UpstreamEvent, at moment: Moment)
}

/// A request that is being sent to an upstream, or that the upstream is answering.
package protocol UpstreamCall: Sendable {
    /// Stops or resumes reading from the upstream, so that a slow client slows the upstream down.
    func setReading(_ isOn: Bool)
    /// Closes the connection at once, because the answer is no longer needed. No event follows.
    func cancel()
}

package enum UpstreamEvent: Sendable, Hashable {
    /// The last byte of the request has been handed to the kernel.
    case sent
    case head(UpstreamHead)
    /// The bytes of the body that one read returned, without framing; never empty.
    case body([UInt8])
    case end
    case failed(UpstreamFailure)
}

/// The status line and the header fields of an answer, as received.
package struct UpstreamHead: Sendable, Hashable {
    package var status: Int
    /// The minor version of HTTP/1.
    package var minorVersion: Int
    package var reason: String
    package var headers: HeaderFields

    package init(status: Int, minorVersion: Int = 1, reason: String = "", headers: HeaderFields = [:]) {
        self.status = status
        self.minorVersion = minorVersion
        self.reason = reason
        self.headers = headers
    }
}

/// The way in which an answer broke off, or the reason why there was no answer.
package enum UpstreamFailure: Sendable, Hashable {
    /// There is no connection, for this reason: no address, no listener, or a certificate that is not trusted.
    case unreachable(String)
    /// The upstream closed its side before the answer was complete.
    case closed
    /// The upstream or the network reset the connection.
    case reset
    /// The answer is not HTTP/1; the text is the reason.
    case malformed(String)
}
