package import SparringWire

/// What an answer goes on with when its script has been played: bytes that nobody knows yet when it is decided.
///
/// It is asked on the connection's event loop, piece by piece, and only when the kernel has taken the piece before: a slow
/// reader holds up nobody but itself. The script's ending follows the last piece.
package protocol Feed: Sendable {
    /// Called once, before the first `next`.
    /// - Parameter wake: asks again after a `nothing`; may be called on any thread.
    func open(_ wake: @escaping @Sendable () -> Void)

    func next() -> FeedPiece

    /// The server is stopping, or the peer has said its last word: a feed that could go on for ever ends now.
    func windDown()

    /// The peer has said its last word. As `windDown`, unless the feed knows better.
    func peerClosed()

    /// Nobody asks any more.
    func close()
}

extension Feed {
    package func peerClosed() { windDown() }
}

package enum FeedPiece: Sendable, Hashable {
    case bytes([UInt8])
    /// For now.
    case nothing
    case end
    /// The connection is left so, whatever the script says: what the feed passes on has broken off.
    case ending(Ending)
}
