/// The limits of a connection. Durations bound how long a stalled client can keep resources.
package struct ConnectionLimits: Sendable {
    package var headBytes = 64 * 1024
    package var bodyBytes = 32 * 1024 * 1024
    /// From the first byte of a request to the end of its head.
    package var headDeadline: Duration = .seconds(30)
    /// Between two pieces of a request's body.
    package var bodyDeadline: Duration = .seconds(60)
    /// The most complete requests that wait behind the one being answered; then the connection stops reading.
    package var pipelinedRequests = 16
    /// The most streams of an HTTP/2 connection (SETTINGS_MAX_CONCURRENT_STREAMS); more are a protocol error.
    package var concurrentStreams = 100
    /// How long a closing connection keeps reading, so that the client can read what was sent.
    package var drainDeadline: Duration = .seconds(2)
    /// How long a reset waits for the peer's kernel to acknowledge what was sent before it.
    package var acknowledgeDeadline: Duration = .seconds(10)

    package init() {}
}
