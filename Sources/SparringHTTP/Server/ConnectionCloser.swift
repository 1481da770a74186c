import NIOCore
import SparringWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How a connection is left, once all bytes are with the kernel. Lives on the channel's event loop.
struct ConnectionCloser {
    private let channel: any Channel
    private let drainDeadline: Duration
    /// Set where there is something between the pipeline's end and the socket that would rather close in its own way.
    private let gate: ConnectionFaultHandler?
    private var isWaitingForPeer = false

    init(channel: any Channel, drainDeadline: Duration, gate: ConnectionFaultHandler?) {
        self.channel = channel
        self.gate = gate
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
        case .cut:
            gate?.shutOutput()
            closeAfterDraining()
        case .keepAlive, .fin, .halfClose, .stream, .hang:
            guard !isInputClosed, !isHurried else { return closeNow() }
            shutDown()
            closeAfterDraining()
        }
    }

    /// Once our side is shut, NIO closes the connection by itself when the peer's end comes.
    private func closeAfterDraining() {
        let timer = channel.eventLoop.schedule(after: drainDeadline) { [self] in closeNow() }
        channel.closeFuture.assumeIsolated().whenComplete { _ in timer.cancel() }
    }

    /// The server is stopping: waiting for the peer is over.
    func hurry() { if isWaitingForPeer { closeNow() } }

    func closeNow() {
        guard let gate else { return channel.close(promise: nil) }
        // TLS says good-bye, and does not wait for an answer.
        shutDown()
        gate.close()
    }

    /// FIN, and from there nothing but reading. `close` with unread input would send RST instead, and cost the client its answer
    /// (RFC 9112 §9.6).
    private func shutDown() { channel.close(mode: .output, promise: nil) }

    private func reset() {
        let (channel, gate) = (channel, gate)
        channel.closeWithReset { gate == nil ? channel.close(promise: nil) : gate?.close() }
    }
}

extension Channel {
    /// SO_LINGER with no time turns `close` into RST (socket(7)). Call on the event loop.
    func closeWithReset(_ close: @escaping () -> Void) {
        guard let options = self as? any SocketOptionProvider else { return close() }
        options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).assumeIsolated().whenComplete { _ in close() }
    }
}
