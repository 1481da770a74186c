import NIOCore

/// Feeds the decoder piece by piece, so that the connection can handle the start, the growth and the end of a request's
/// head before it is decoded.
final class RequestSplitter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: ConnectionHandler
    /// The bytes of a stalled upload.
    private var kept: ByteBuffer?

    /// Sent down the pipeline when the upload continues.
    struct Release: Sendable {}

    init(_ connection: ConnectionHandler) { self.connection = connection }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if kept != nil {
            kept?.writeBuffer(&bytes)
        } else {
            pass(&bytes, context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is Release else { return context.fireUserInboundEventTriggered(event) }
        guard var bytes = kept else { return }
        kept = nil
        pass(&bytes, context)
        context.fireChannelReadComplete()
    }

    private func pass(_ bytes: inout ByteBuffer, _ context: ChannelHandlerContext) {
        connection.bytesCame()
        while let piece = connection.nextPiece(of: &bytes) { context.fireChannelRead(wrapInboundOut(piece)) }
        if let socket = connection.socket, bytes.readableBytes > 0 { return socket.receive(bytes) }
        if connection.tunnel != nil, bytes.readableBytes > 0 { return connection.tunnel(bytes) }
        if connection.isStalled, bytes.readableBytes > 0 { kept = bytes }
    }
}
