/// The limits of a connection. The durations limit how long a stalled client can occupy the server's resources.
package struct ConnectionLimits: Sendable {
    package var headBytes = 64 * 1024
    package var bodyBytes = 32 * 1024 * 1024
    /// The longest time from the first byte of a request to the end of its head.
    package var headDeadline: Duration = .seconds(30)
    /// The longest time between two pieces of a request's body.
    package var bodyDeadline: Duration = .seconds(60)
    /// The maximum number of complete requests that wait behind the one that is being answered. At the limit, the
    /// connection stops reading.
    package var pipelinedRequests = 16
    /// The maximum number of streams of an HTTP/2 connection (SETTINGS_MAX_CONCURRENT_STREAMS). More streams are a
    /// protocol error.
    package var concurrentStreams = 100
    /// How long a closing connection continues to read, so that the client can receive the bytes that were sent.
    package var drainDeadline: Duration = .seconds(2)
    /// How long a reset waits until the peer's kernel has acknowledged all earlier bytes.
    package var acknowledgeDeadline: Duration = .seconds(10)

    package init() {}
}
