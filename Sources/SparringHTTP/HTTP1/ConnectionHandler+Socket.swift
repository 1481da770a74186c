import NIOCore
import SparringExchange
import SparringWire

/// The connection after a WebSocket handshake. The handshake's script plays until the socket ends, so its exchange
/// lasts as long as the socket.
extension ConnectionHandler: SocketHost {
    func openSocket(_ service: any SocketService) {
        socket = SocketConnection(
            service, on: channel, of: self, decider: decider, clock: clock, limits: limits)
        // No other request follows, and an idle socket should not keep memory for one.
        if arrivals.isEmpty { arrivals = CircularBuffer(initialCapacity: 1) }
    }

    func openTunnel(_ tunnel: any SocketTunnel) {
        let (eventLoop, handler) = (channel.eventLoop, NIOLoopBound(self, eventLoop: channel.eventLoop))
        tunnel.whenTaken { eventLoop.execute { handler.value.updateReading() } }
        self.tunnel = tunnel
    }

    /// Passes on the bytes that the client sends after its handshake.
    func tunnel(_ bytes: ByteBuffer) {
        guard phase != .leaving else { return }
        tunnel?.receive(Array(bytes.readableBytesView), at: clock.now)
        updateReading()
    }

    func peerLeft(_ reason: String) {
        guard phase != .leaving else { return }
        player?.connectionLost(reason)
    }

    func leave(_ ending: Ending, _ reason: String) {
        // The exchanges end before the connection does. Otherwise the end of an exchange would be reported as the client's end.
        phase = .leaving
        socket?.cut(reason)
        // The handshake's script lasts as long as the socket, so the script is complete here, not cut off.
        player?.cut(reason, ending: ending)
        leave(ending)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if channel.isWritable { socket?.becameWritable() }
        context.fireChannelWritabilityChanged()
    }
}
