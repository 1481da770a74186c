import NIOCore
import SparringWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How a connection is left, once all bytes are with the kernel. Lives on the channel's event loop.
struct Departure {
    private let channel: any Channel
    private let drainDeadline: Duration
    private var isWaitingForPeer = false

    init(channel: any Channel, drainDeadline: Duration) {
        self.channel = channel
        self.drainDeadline = drainDeadline
    }

    /// - Parameters:
    ///   - isInputClosed: whether the peer has closed its side; then there is nothing to drain.
    ///   - isHurried: whether nothing of the peer's can be unread, and the server would rather be gone.
    mutating func begin(_ ending: Ending, isInputClosed: Bool, isHurried: Bool) {
        switch ending {
        case .reset: reset()
        case .halfClose where !isInputClosed:
            isWaitingForPeer = true
            shutDown()
        case .keepAlive, .fin, .halfClose, .cut, .stream, .goAway, .hang:
            guard !isInputClosed, !isHurried else { return closeNow() }
            shutDown()
            let channel = channel
            // Once our side is shut, NIO closes the connection by itself when the peer's end comes.
            let timer = channel.eventLoop.scheduleTask(in: .nanoseconds(drainDeadline.wholeNanoseconds)) {
                channel.close(promise: nil)
            }
            channel.closeFuture.whenComplete { _ in timer.cancel() }
        }
    }

    /// The server is stopping: waiting for the peer is over.
    func hurry() { if isWaitingForPeer { closeNow() } }

    func closeNow() { channel.close(promise: nil) }

    /// FIN, and from there nothing but reading. `close` with unread input would send RST instead, and cost the client its answer
    /// (RFC 9112 §9.6).
    private func shutDown() { channel.close(mode: .output, promise: nil) }

    /// SO_LINGER with no time turns `close` into RST (socket(7)).
    private func reset() {
        let channel = channel
        guard let options = channel as? any SocketOptionProvider else { return closeNow() }
        options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
    }
}
