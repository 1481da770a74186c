/// A feed for a WebSocket whose messages are passed on without being read. The tunnel sends the other side's bytes, and receives the bytes
/// that the client sends after its handshake.
package protocol SocketTunnel: Feed {
    /// Whether the connection should stop reading, because the other side reads more slowly than the client sends.
    var isFull: Bool { get }

    /// - Parameter wake: called on any thread when there is room again.
    func whenTaken(_ wake: @escaping @Sendable () -> Void)

    /// - Parameter moment: the time at which the connection read the bytes.
    func receive(_ bytes: [UInt8], at moment: Moment)
}
