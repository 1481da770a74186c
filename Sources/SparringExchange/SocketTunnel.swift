/// A feed for a WebSocket that is passed on unread. It sends the other side's bytes, and receives those that the client
/// sends after its handshake.
package protocol SocketTunnel: Feed {
    /// Whether the connection should stop reading, because the other side is slower than the client.
    var isFull: Bool { get }

    /// - Parameter wake: called when there is room again, on any thread.
    func whenTaken(_ wake: @escaping @Sendable () -> Void)

    /// - Parameter moment: the time at which the connection read the bytes.
    func receive(_ bytes: [UInt8], at moment: Moment)
}
