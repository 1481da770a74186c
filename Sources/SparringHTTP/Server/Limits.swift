/// What a connection may ask of the server. Durations bound what a stalled client can hold on to.
package struct Limits: Sendable {
    package var headBytes = 64 * 1024
    package var bodyBytes = 32 * 1024 * 1024
    /// From the first byte of a request to the end of its head.
    package var headDeadline: Duration = .seconds(30)
    /// Between two pieces of a request's body.
    package var bodyDeadline: Duration = .seconds(60)
    /// Complete requests that wait behind the one being answered; reading stops there.
    package var pipelinedRequests = 16
    /// Of a connection of HTTP/2 (SETTINGS_MAX_CONCURRENT_STREAMS); a client that begins more breaks the protocol.
    package var concurrentStreams = 100
    /// How long a closing connection goes on reading, so that the client can read what was sent.
    package var drainDeadline: Duration = .seconds(2)
    /// How long a reset waits for the peer's kernel to acknowledge what was sent before it.
    package var acknowledgeDeadline: Duration = .seconds(10)

    package init() {}
}
