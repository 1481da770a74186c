import NIOCore

/// Sits in front of the decoder and feeds it piece by piece, so that the connection sees a request begin, its head grow and its
/// head end before anything is decoded.
final class InboundTap: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: ConnectionHandler

    init(_ connection: ConnectionHandler) { self.connection = connection }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        connection.bytesCame()
        while let piece = connection.nextPiece(of: &bytes) { context.fireChannelRead(wrapInboundOut(piece)) }
    }
}
