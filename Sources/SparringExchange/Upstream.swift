package import SparringWire

/// A server that requests can be passed on to: the real API, or whatever speaks like it.
package protocol Upstream: Sendable {
    /// Begins to send; what comes back is told to `observer`, in order, until an `end` or a `failed`.
    ///
    /// Called on the event loop of the connection that the request came by; `observer` is called there too.
    func send(_ request: Request, observer: any UpstreamObserver) -> any UpstreamCall
}

/// Hears what an upstream answers.
package protocol UpstreamObserver: Sendable {
    /// Must not block. Nothing follows an `end` or a `failed`.
    func heard(_ event: UpstreamEvent, at moment: Moment)
}

/// A request under way to an upstream.
package protocol UpstreamCall: Sendable {
    /// Stop or resume taking bytes from the upstream, so that a slow client slows it down.
    func setReading(_ isOn: Bool)
    /// Nobody wants the answer any more: the connection is closed at once. Nothing is heard after it.
    func cancel()
}

package enum UpstreamEvent: Sendable, Hashable {
    /// The last byte of the request has been handed to the kernel.
    case sent
    case head(UpstreamHead)
    /// What one read brought of the body, without its framing; never empty.
    case body([UInt8])
    case end
    case failed(UpstreamFailure)
}

/// Status line and fields of an answer as they came.
package struct UpstreamHead: Sendable, Hashable {
    package var status: Int
    /// Of HTTP/1.
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

/// How an answer broke off, or why there was none.
package enum UpstreamFailure: Sendable, Hashable {
    /// No connection: no address, nobody listens, a certificate that is not trusted; in words.
    case unreachable(String)
    /// It closed its side before the answer was complete.
    case closed
    /// It reset the connection, or the network did.
    case reset
    /// What it sent is no HTTP/1 answer; in words.
    case malformed(String)
}
