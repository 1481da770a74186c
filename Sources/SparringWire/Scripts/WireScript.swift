/// Everything that the server will do on a connection for one exchange, written down before it happens:
/// one byte buffer, and steps that point into it.
package struct WireScript: Sendable, Hashable {
    package var bytes: [UInt8]
    package var steps: [Step]

    package init(bytes: [UInt8] = [], steps: [Step] = []) {
        self.bytes = bytes
        self.steps = steps
    }

    package enum Step: Sendable, Hashable {
        /// Hand these bytes to the kernel. Adjacent writes with nothing between them go out in one system call.
        case write(Range<Int>, Mark?)
        /// Hand over what has been written, so that the next bytes travel in a segment of their own.
        case flush
        case pause(Duration)
        /// Wait for something to happen on the connection, at most `timeout`.
        case await(Condition, timeout: Duration?)
        /// Stop or resume taking bytes from the peer.
        case read(Bool)
        /// An interim response, such as 100.
        case interim(Int)
        /// HTTP/2 alone.
        case frames(ConnectionFrames)
        /// A fault takes effect here. Costs nothing, is stamped.
        case fault(FaultID)
        /// Always the last step.
        case end(Ending)
    }

    package enum Condition: Sendable, Hashable {
        case nextRequestByte
        case peerGone
        /// The peer's kernel has acknowledged everything that was sent.
        case drained
    }
}

/// What the bytes of a `write` complete, so that the timeline can say which event was accepted when. Counting starts at 1.
package enum Mark: Sendable, Hashable {
    case head
    case event(Int)
    /// The n-th event that carries content; it is an event too.
    case content(Int)
    case done
    /// Body bytes that complete no event.
    case piece
}

/// How an exchange leaves its connection.
package enum Ending: Sendable, Hashable {
    /// Complete; the connection serves the next request.
    case keepAlive
    /// The write side is shut down after the last byte (FIN); input is drained, then the connection is closed.
    case fin
    /// The write side is shut down and the connection kept until the peer closes.
    case halfClose
    /// What was sent is acknowledged by the peer's kernel first, or its loss recorded; then RST.
    case reset
    /// TLS: closed without close_notify.
    case cut
    /// HTTP/2: RST_STREAM with this code.
    case stream(UInt32)
    /// Nothing more is sent: for a while, then FIN, or until the peer has gone.
    case hang(Duration?)
}
