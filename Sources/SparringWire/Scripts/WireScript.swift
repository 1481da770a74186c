/// All actions of the server on a connection for one exchange, planned in advance: one byte buffer, and steps that
/// refer to it.
package struct WireScript: Sendable, Hashable {
    package var bytes: [UInt8]
    package var steps: [Step]

    package init(bytes: [UInt8] = [], steps: [Step] = []) {
        self.bytes = bytes
        self.steps = steps
    }

    package enum Step: Sendable, Hashable {
        /// Send these bytes. Adjacent writes are sent in one system call.
        case write(Range<Int>, Mark?)
        /// Flush the writes, so that the next bytes travel in a segment of their own.
        case flush
        case pause(Duration)
        /// Wait for a condition on the connection, at most `timeout`.
        case await(Condition, timeout: Duration?)
        /// Stop or resume reading from the peer.
        case read(Bool)
        /// An interim response, such as 100.
        case interim(Int)
        /// HTTP/2 only.
        case frames(ConnectionFrames)
        /// A fault takes effect here. The step takes no time and is recorded in the timeline.
        case fault(FaultID)
        /// A breakpoint: wait until the answer is released.
        case hold
        /// The ending is always the last step.
        case end(Ending)
    }

    /// Whether a breakpoint holds the answer somewhere.
    package var isHeld: Bool { steps.contains(.hold) }

    package enum Condition: Sendable, Hashable {
        case nextRequestByte
        case peerGone
        /// The peer's kernel has acknowledged everything that was sent.
        case drained
    }
}

/// The part of an answer that ends with the bytes of a `write`. From these parts, the timeline can state when each event was accepted. The
/// numbers in marks count from 1.
package enum Mark: Sendable, Hashable {
    case head
    case event(Int)
    /// The n-th event that carries content; such an event also counts as an event.
    case content(Int)
    case done
    /// Body bytes that complete no event.
    case piece
}

/// What happens to the connection after an exchange.
package enum Ending: Sendable, Hashable {
    /// The exchange is complete, and the connection serves the next request.
    case keepAlive
    /// The write side is shut down after the last byte (FIN); input is drained, then the connection is closed.
    case fin
    /// The write side is shut down and the connection kept until the peer closes it.
    case halfClose
    /// RST, after the peer's kernel has acknowledged everything or a loss is recorded.
    case reset
    /// TLS: closed without close_notify.
    case cut
    /// HTTP/2: RST_STREAM with this code.
    case stream(UInt32)
    /// The server sends nothing more until the peer disconnects, or sends FIN after this time.
    case hang(Duration?)
}
