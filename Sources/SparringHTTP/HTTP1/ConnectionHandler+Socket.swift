import NIOCore
import SparringExchange
import SparringWire

/// The connection after a WebSocket handshake. The script of the handshake plays until the socket ends; its exchange is
/// the whole life of the socket.
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
        // The exchanges end before the connection does, so that its end is not reported as the client's.
        phase = .leaving
        socket?.cut(reason)
        player?.cut(reason)
        leave(ending)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if channel.isWritable { socket?.becameWritable() }
        context.fireChannelWritabilityChanged()
    }
}
