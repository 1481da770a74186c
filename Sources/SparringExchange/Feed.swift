package import SparringWire

/// A source of bytes that are sent after an answer's script, because they are not known when the answer is decided.
///
/// The connection calls the feed on its event loop, piece by piece. It asks for a piece only after the kernel has taken the previous piece.
/// A slow reader therefore delays only itself. The script's ending comes after the feed's last piece.
package protocol Feed: Sendable {
    /// Called once, before the first `next`.
    /// - Parameter wake: makes the connection call `next` again after a `nothing`; may be called on any thread.
    func open(_ wake: @escaping @Sendable () -> Void)

    func next() -> FeedPiece

    /// The server is stopping, or the peer has closed its side: a feed that would never end must end now.
    func windDown()

    /// The peer has closed its side. By default, a feed handles the end of the peer's side like `windDown`.
    func peerClosed()

    /// The connection makes no further calls to the feed.
    func close()
}

extension Feed {
    package func peerClosed() { windDown() }
}

package enum FeedPiece: Sendable, Hashable {
    case bytes([UInt8])
    /// No bytes yet. The feed calls `wake` when it has more bytes.
    case nothing
    case end
    /// The connection ends in this way, whatever the script says, because the source of the feed has broken off.
    case ending(Ending)
}
