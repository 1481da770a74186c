/// What a faulty server no longer sends on a WebSocket.
package enum SocketSilence: String, Sendable, Hashable, CaseIterable {
    /// Pings are not answered.
    case pongs
    /// No more bytes are sent, not even a Close frame, and the connection stays open. This is how the client sees a half-open connection.
    case everything
}
