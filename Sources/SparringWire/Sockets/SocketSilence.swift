/// What a faulty server no longer sends on a WebSocket.
package enum SocketSilence: String, Sendable, Hashable, CaseIterable {
    /// Pings are not answered.
    case pongs
    /// No more bytes are sent, not even a Close frame, and the connection stays open: the client's side of a half-open
    /// connection.
    case everything
}
