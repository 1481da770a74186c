import NIOCore
import SparringWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Ends a connection after the kernel has taken all bytes. Must be used on the channel's event loop.
struct ConnectionCloser {
    private let channel: any Channel
    private let drainDeadline: Duration
    /// Closes the connection below TLS; nil for a connection without TLS and without faults.
    private let gate: ConnectionFaultHandler?
    private var isWaitingForPeer = false

    init(channel: any Channel, drainDeadline: Duration, gate: ConnectionFaultHandler?) {
        self.channel = channel
        self.gate = gate
        self.drainDeadline = drainDeadline
    }

    /// - Parameters:
    ///   - isInputClosed: whether the peer has closed its side. If so, there is no further input to read.
    ///   - isHurried: true if the server is stopping and there can be no unread input.
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

    /// NIO closes the connection by itself when the peer has also closed its side.
    private func closeAfterDraining() {
        let timer = channel.eventLoop.schedule(after: drainDeadline) { [self] in closeNow() }
        channel.closeFuture.assumeIsolated().whenComplete { _ in timer.cancel() }
    }

    /// Stops waiting for the peer, because the server is stopping.
    func hurry() { if isWaitingForPeer { closeNow() } }

    func closeNow() {
        guard let gate else { return channel.close(promise: nil) }
        // Sends close_notify, and does not wait for the peer's close_notify.
        shutDown()
        gate.close()
    }

    /// Sends FIN, and only reads from then on. `close` with unread input would send RST, and the client could lose its
    /// answer (RFC 9112 §9.6).
    private func shutDown() { channel.close(mode: .output, promise: nil) }

    private func reset() {
        let (channel, gate) = (channel, gate)
        channel.closeWithReset { gate == nil ? channel.close(promise: nil) : gate?.close() }
    }
}

extension Channel {
    /// Resets the connection: SO_LINGER with a time of zero turns `close` into RST (socket(7)). Must be called on the
    /// event loop.
    func closeWithReset(_ close: @escaping () -> Void) {
        guard let options = self as? any SocketOptionProvider else { return close() }
        options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).assumeIsolated().whenComplete { _ in close() }
    }
}
