import NIOCore
import SparringExchange
import SparringWire

/// The connection after a WebSocket handshake. The handshake's script plays until the socket ends, so its exchange
/// lasts as long as the socket.
extension ConnectionHandler: SocketHost {
    func openSocket(_ service: any SocketService) {
        socket = SocketConnection(
            service, on: channel, of: self, decider: decider, clock: clock, limits: limits)
    }

    func peerLeft(_ reason: String) {
        guard phase != .leaving else { return }
        player?.connectionLost(reason)
    }

    func leave(_ ending: Ending, _ reason: String) {
        // The exchanges end before the connection does. Otherwise its end would be reported as the client's.
        phase = .leaving
        socket?.cut(reason)
        // The handshake's script lasts as long as the socket, so this is its end and no cut.
        player?.cut(reason, ending: ending)
        leave(ending)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if channel.isWritable { socket?.becameWritable() }
        context.fireChannelWritabilityChanged()
    }
}
