import NIOCore

/// Sits in front of the decoder and sees the bytes before they are understood: when a request begins, how long its head grows,
/// and when a read is over.
final class InboundTap: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: ConnectionHandler

    init(_ connection: ConnectionHandler) { self.connection = connection }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Bytes on a connection that only drains are nobody's: the decoder never sees them.
        guard connection.takesBytes(unwrapInboundIn(data).readableBytes) else { return }
        context.fireChannelRead(data)
    }
}
