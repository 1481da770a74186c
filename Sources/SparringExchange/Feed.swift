package import SparringWire

/// The bytes that follow the script of an answer, because they are not known when the answer is decided.
///
/// The connection calls it on its event loop, piece by piece, and only when the kernel has taken the piece before, so a
/// slow reader delays only itself. The script's ending follows the last piece.
package protocol Feed: Sendable {
    /// Called once, before the first `next`.
    /// - Parameter wake: makes the connection call `next` again after a `nothing`; may be called on any thread.
    func open(_ wake: @escaping @Sendable () -> Void)

    func next() -> FeedPiece

    /// The server is stopping, or the peer has closed its side: a feed without an end ends now.
    func windDown()

    /// The peer has closed its side. By default the same as `windDown`.
    func peerClosed()

    /// The connection calls no more.
    func close()
}

extension Feed {
    package func peerClosed() { windDown() }
}

package enum FeedPiece: Sendable, Hashable {
    case bytes([UInt8])
    /// Not yet; the feed calls `wake` when there is more.
    case nothing
    case end
    /// Ends the connection in this way, whatever the script says: the source of the feed has broken off.
    case ending(Ending)
}
