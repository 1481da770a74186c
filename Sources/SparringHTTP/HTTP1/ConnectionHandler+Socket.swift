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
        leave(ending)
        socket?.cut(reason)
        player?.cut(reason)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if channel.isWritable { socket?.becameWritable() }
        context.fireChannelWritabilityChanged()
    }
}
