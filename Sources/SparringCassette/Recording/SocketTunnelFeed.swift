import SparringExchange
import Synchronization

/// Passes on the bytes of a client's WebSocket to the upstream, unchanged. The bytes are also reported for recording.
///
/// The buffer is bounded: when it is full, the connection stops reading, and the client has to wait.
final class SocketUplink: Feed {
    private struct State {
        var waiting: [UInt8] = []
        var wake: (@Sendable () -> Void)?
        var whenTaken: (@Sendable () -> Void)?
        var isClosed = false
    }

    private let tell: @Sendable (CassetteEvent) -> Void
    private let state = Mutex(State())

    /// The maximum number of bytes that wait for a slow upstream. One read of the connection can exceed this limit.
    private static let high = 256 * 1024

    init(tell: @escaping @Sendable (CassetteEvent) -> Void) { self.tell = tell }

    var isFull: Bool { state.withLock { $0.waiting.count > Self.high } }

    func whenTaken(_ wake: @escaping @Sendable () -> Void) { state.withLock { $0.whenTaken = wake } }

    func receive(_ bytes: [UInt8], at moment: Moment) {
        let (isOpen, wake) = state.withLock { state -> (Bool, (@Sendable () -> Void)?) in
            guard !state.isClosed else { return (false, nil) }
            state.waiting += bytes
            return (true, state.wake)
        }
        guard isOpen else { return }
        // The bytes are reported before they are passed on, so that no answer to them is reported first.
        tell(.sent(bytes, at: moment))
        wake?()
    }

    func open(_ wake: @escaping @Sendable () -> Void) { state.withLock { $0.wake = wake } }

    /// There is no last piece: the connection to the upstream ends together with the client's connection.
    func next() -> FeedPiece {
        let (piece, whenTaken) = state.withLock { state -> (FeedPiece, (@Sendable () -> Void)?) in
            guard !state.waiting.isEmpty else { return (.nothing, nil) }
            let wasFull = state.waiting.count > Self.high
            var bytes: [UInt8] = []
            swap(&bytes, &state.waiting)
            return (.bytes(bytes), wasFull ? state.whenTaken : nil)
        }
        whenTaken?()
        return piece
    }

    /// Does nothing, because the connection to the upstream ends together with the client's connection.
    func windDown() {}

    func close() {
        let whenTaken = state.withLock { state in
            defer { state = State(isClosed: true) }
            return state.whenTaken
        }
        whenTaken?()
    }
}

/// Passes on both directions of a WebSocket between a client and the upstream, unchanged.
final class SocketTunnelFeed: SocketTunnel {
    private let downlink: ForwardFeed
    private let uplink: SocketUplink

    init(_ downlink: ForwardFeed, _ uplink: SocketUplink) {
        self.downlink = downlink
        self.uplink = uplink
    }

    var isFull: Bool { uplink.isFull }

    func whenTaken(_ wake: @escaping @Sendable () -> Void) { uplink.whenTaken(wake) }

    func receive(_ bytes: [UInt8], at moment: Moment) { uplink.receive(bytes, at: moment) }

    func open(_ wake: @escaping @Sendable () -> Void) { downlink.open(wake) }

    func next() -> FeedPiece { downlink.next() }

    /// A WebSocket would never end by itself, so the connection is closed now.
    func windDown() { downlink.close() }

    func peerClosed() { downlink.peerClosed() }

    func close() { downlink.close() }
}
