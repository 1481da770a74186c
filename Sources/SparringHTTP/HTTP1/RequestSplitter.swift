import NIOCore

/// Sits in front of the decoder and feeds it piece by piece, so that the connection sees a request begin, its head grow and its
/// head end before anything is decoded.
final class RequestSplitter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: ConnectionHandler
    /// What has come of an upload that is stalled.
    private var kept: ByteBuffer?

    /// Sent down the pipeline: the upload goes on.
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
        if connection.isStalled, bytes.readableBytes > 0 { kept = bytes }
    }
}
