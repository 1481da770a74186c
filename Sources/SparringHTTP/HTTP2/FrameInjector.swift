import NIOCore
import SparringWire

/// A handler below NIOHTTP2. The handler passes on NIOHTTP2's frames, and sends frames that NIOHTTP2 would not send. Must be
/// used on its event loop.
final class FrameInjector: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var context: ChannelHandlerContext?
    /// WINDOW_UPDATE frames that are held back; nil if no frames are held back.
    private var windows: [(frame: ByteBuffer, promise: EventLoopPromise<Void>?)]?
    /// Whether NIOHTTP2 has sent GOAWAY. GOAWAY is NIOHTTP2's only sign that the whole connection is broken, and not just one stream.
    private(set) var hasSaidGoAway = false

    /// Types of frames (RFC 9113 §6.8, §6.9), and their lengths including the nine bytes of the frame header.
    private static let goAway: (type: UInt8, count: Int) = (7, 17)
    private static let windowUpdate: (type: UInt8, count: Int) = (8, 13)

    /// - Parameter holdsWindows: whether to hold back WINDOW_UPDATE frames until `releaseWindows`.
    init(holdsWindows: Bool = false) { windows = holdsWindows ? [] : nil }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let bytes = unwrapOutboundIn(data)
        if Self.isFrame(Self.goAway, bytes) { hasSaidGoAway = true }
        if windows != nil, Self.isFrame(Self.windowUpdate, bytes) {
            windows?.append((bytes, promise))
        } else {
            context.write(data, promise: promise)
        }
    }

    /// Whether the bytes are a frame of that type. NIOHTTP2 writes such frames one by one. NIOHTTP2 also writes the payload of DATA
    /// separately, but no answer in JSON or UTF-8 begins with zero bytes.
    private static func isFrame(_ kind: (type: UInt8, count: Int), _ bytes: ByteBuffer) -> Bool {
        guard bytes.readableBytes == kind.count else { return false }
        return bytes.getBytes(at: bytes.readerIndex, length: 5) == [0, 0, UInt8(kind.count - 9), kind.type, 0]
    }

    /// Sends the frames that were held back.
    func releaseWindows() {
        guard let windows else { return }
        self.windows = nil
        for (frame, promise) in windows { context?.write(wrapOutboundOut(frame), promise: promise) }
        context?.flush()
    }

    /// Sends Sparring's own GOAWAY with the last stream and the error code.
    func sayGoAway(_ lastStream: Int, _ code: HTTP2Code, promise: EventLoopPromise<Void>?) {
        guard let context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        var frame = context.channel.allocator.buffer(capacity: Self.goAway.count)
        frame.writeBytes([0, 0, 8, Self.goAway.type, 0])
        frame.writeInteger(UInt32(0))
        frame.writeInteger(UInt32(lastStream))
        frame.writeInteger(code.number)
        context.writeAndFlush(wrapOutboundOut(frame), promise: promise)
    }
}
